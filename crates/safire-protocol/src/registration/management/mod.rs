//! What can be done with a registration once it is there: read, update and delete it (RFC 7592).

mod call;
mod delete;
mod error;
mod error_hint;
mod operation;
mod read;
mod update;

pub use delete::DeleteRequest;
pub use delete::Deleted;
pub use error::ManagementError;
pub use error::Seen;
pub use operation::Operation;
pub use read::ReadRequest;
pub use update::UpdateRequest;
