//! A registration after it was made: read, updated, deleted, given new keys, and made anew where it is lost (RFC 7592).

mod call;
mod delete;
mod error;
mod exchange;
mod key_rotation;
mod managed;
mod outcome;
mod prove;
mod re_register;
mod read;
mod settle;
mod turn;
mod update;

pub use delete::Deletion;
pub use error::ManageError;
pub use error::Unmanaged;
pub use key_rotation::KeyStage;
pub use managed::ManagedRegistration;
pub use outcome::Managed;
pub use outcome::Rotated;
pub use outcome::Settled;
pub use prove::Proven;
pub use re_register::ReRegister;
pub use update::UpdateRegistration;
