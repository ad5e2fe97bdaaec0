//! UDAP Security 2.0: trust communities for tests.

mod authority;
mod community;
mod community_file;
mod der;
mod member;

pub use community::Community;
pub use community::CommunityBuilder;
pub use community_file::CommunityFile;
pub use community_file::Secrecy;
pub use member::Member;
pub use member::MemberRequest;
