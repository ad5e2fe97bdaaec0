//! The second joint: a client asks to be registered, the answer is read (RFC 7591), and managed later (RFC 7592).

mod answer;
mod answers;
mod approval;
mod client_id;
mod deviations;
mod difference;
mod epic;
mod error;
mod error_hint;
mod fingerprint;
mod granted;
mod held;
pub mod management;
mod member_reader;
mod metadata;
mod metadata_error;
mod metadata_members;
mod metadata_rules;
mod next_metadata;
mod read;
#[expect(clippy::module_inception, reason = "the stage is named by its noun, and so is the file")]
mod registration;
mod request;
mod timestamp;

pub use answer::Answer;
pub use answer::AnswerTo;
pub use answer::Trial;
pub use answers::Answers;
pub use difference::Difference;
pub use error::Asked;
pub use error::AskedAuthorization;
pub use error::AskedGrants;
pub use error::RegistrationError;
#[cfg(feature = "udap")]
pub(crate) use fingerprint::push_value;
pub use granted::GrantedMetadata;
pub use metadata::ClientMetadata;
pub use metadata_error::MetadataError;
pub use metadata_members::MetadataMembers;
pub(crate) use metadata_rules::check_redirect_uri;
pub use registration::Registration;
pub use registration::SecretExpiry;
pub use registration::SecretsShown;
pub use request::RegistrationRequest;
