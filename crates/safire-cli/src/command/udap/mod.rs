//! The commands of UDAP, one a file, in the order of the flow.

mod cancel;
mod community;
mod csr;
mod demo;
mod discover;
mod login;
mod register;
mod registered;
mod token;
mod trust_check;

pub(crate) use community::community_new;
pub(crate) use csr::keys_csr;

use crate::args::TrustCommand;
use crate::args::UdapCommand;
use crate::failure::Failure;
use crate::session::Session;

/// Does what was asked.
pub(crate) async fn udap(session: &Session, command: UdapCommand) -> Result<(), Failure> {
    match command {
        UdapCommand::Discover(args) => Box::pin(discover::discover(session, &args)).await,
        UdapCommand::Register(args) => Box::pin(register::register(session, &args)).await,
        UdapCommand::Modify(args) => Box::pin(register::modify(session, &args)).await,
        UdapCommand::Cancel(args) => Box::pin(cancel::cancel(session, &args)).await,
        UdapCommand::Token(args) => Box::pin(token::token(session, &args)).await,
        UdapCommand::Login(args) => Box::pin(login::login(session, &args)).await,
        UdapCommand::Trust(TrustCommand::Check(args)) => {
            Box::pin(trust_check::trust_check(session, &args)).await
        }
        UdapCommand::Community(command) => community_new(session, &command),
    }
}
