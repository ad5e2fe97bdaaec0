//! What the commands of UDAP take.

mod certificate;
mod community;
mod csr;
mod discover;
mod extensions;
mod life;
mod metadata;
mod register;
mod token;
mod trust;

pub(crate) use certificate::CertificateArgs;
pub(crate) use community::CommunityCommand;
pub(crate) use community::NewCommunityArgs;
pub(crate) use csr::CsrArgs;
pub(crate) use discover::UdapDiscoverArgs;
pub(crate) use extensions::ExtensionArgs;
pub(crate) use extensions::UsualArgs;
pub(crate) use life::CancelArgs;
pub(crate) use life::ModifyArgs;
pub(crate) use metadata::StatementArgs;
pub(crate) use register::UdapRegisterArgs;
pub(crate) use token::UdapLoginArgs;
pub(crate) use token::UdapTokenArgs;
pub(crate) use trust::RevocationPolicy;
pub(crate) use trust::TrustArgs;
pub(crate) use trust::TrustCheckArgs;
pub(crate) use trust::TrustCommand;

use clap::Subcommand;

/// The commands of UDAP, in the order of the flow.
#[derive(Debug, Subcommand)]
pub(crate) enum UdapCommand {
    /// show what a server offers a trust community, once its signed metadata are trusted
    Discover(UdapDiscoverArgs),
    /// register a client by a software statement, signed with the key of its certificate
    Register(Box<UdapRegisterArgs>),
    /// change what a server has registered; it may answer with another client id
    Modify(Box<ModifyArgs>),
    /// end a registration at its server
    Cancel(Box<CancelArgs>),
    /// get an access token for the client itself, and say for whom and what for
    Token(Box<UdapTokenArgs>),
    /// log a user in with the browser, at the server or at an identity provider of theirs
    Login(Box<UdapLoginArgs>),
    /// find out whether a certificate chain is trusted, and why not
    #[command(subcommand)]
    Trust(TrustCommand),
    /// make a trust community of your own, for tests
    #[command(subcommand)]
    Community(CommunityCommand),
}
