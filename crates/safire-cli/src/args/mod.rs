//! What was typed, and nothing else: no file is read and no rule is checked here.

mod connection;
mod fhir;
mod fleet;
mod keys;
mod login;
mod register;
mod registration;
mod sandbox;
mod secret_text;
mod store;
mod token;
mod tools;
mod udap;

pub(crate) use connection::ConnectionArgs;
pub(crate) use connection::DiscoverArgs;
pub(crate) use fhir::FhirArgs;
pub(crate) use fleet::FleetArgs;
pub(crate) use fleet::FleetCommand;
pub(crate) use keys::GenerateArgs;
pub(crate) use keys::JwksArgs;
pub(crate) use keys::KeysCommand;
pub(crate) use keys::ThumbprintArgs;
pub(crate) use login::LoginArgs;
pub(crate) use register::KeyArgs;
pub(crate) use register::MetadataArgs;
pub(crate) use register::RegisterArgs;
pub(crate) use register::RequestArgs;
pub(crate) use registration::AddArgs;
pub(crate) use registration::IdArgs;
pub(crate) use registration::RegistrationCommand;
pub(crate) use registration::RegistrationsArgs;
pub(crate) use registration::RegistrationsCommand;
pub(crate) use registration::RotateKeyArgs;
pub(crate) use registration::UpdateArgs;
pub(crate) use sandbox::SandboxArgs;
pub(crate) use sandbox::Scopes;
pub(crate) use secret_text::SecretText;
pub(crate) use store::ExportArgs;
pub(crate) use store::HistoryArgs;
pub(crate) use store::ImportArgs;
pub(crate) use store::RotateStoreKeyArgs;
pub(crate) use store::StoreCommand;
pub(crate) use token::HeldTokenKind;
pub(crate) use token::IntrospectArgs;
pub(crate) use token::ReRegisterArgs;
pub(crate) use token::RevokeArgs;
pub(crate) use token::TokenArgs;
pub(crate) use tools::CompletionsArgs;
pub(crate) use tools::ManArgs;
pub(crate) use udap::CancelArgs;
pub(crate) use udap::CertificateArgs;
pub(crate) use udap::CommunityCommand;
pub(crate) use udap::CsrArgs;
pub(crate) use udap::ExtensionArgs;
pub(crate) use udap::ModifyArgs;
pub(crate) use udap::NewCommunityArgs;
pub(crate) use udap::RevocationPolicy;
pub(crate) use udap::StatementArgs;
pub(crate) use udap::TrustArgs;
pub(crate) use udap::TrustCheckArgs;
pub(crate) use udap::TrustCommand;
pub(crate) use udap::UdapCommand;
pub(crate) use udap::UdapDiscoverArgs;
pub(crate) use udap::UdapLoginArgs;
pub(crate) use udap::UdapRegisterArgs;
pub(crate) use udap::UdapTokenArgs;
pub(crate) use udap::UsualArgs;

use clap::ArgAction;
use clap::Args;
use clap::Parser;
use clap::Subcommand;

const STYLES: clap::builder::Styles = clap::builder::Styles::styled()
    .header(anstyle::Style::new().bold())
    .usage(anstyle::Style::new().bold())
    .literal(anstyle::Style::new().bold());

const EXAMPLES: &str = "\
Examples:
  safire demo
      the whole story on a server of its own, explained step by step
  safire discover https://fhir.example.com/r4
      what a server offers, and where it departs from the specification";

/// connect an application to any FHIR server: discover it, register with it, keep the credentials, get tokens
#[derive(Debug, Parser)]
#[command(name = "safire", version, after_long_help = EXAMPLES, styles = STYLES, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order of the flow.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// show what a FHIR server offers, and where it departs from the specification
    Discover(DiscoverArgs),
    /// register a client at a FHIR server and keep what the server answers
    Register(Box<RegisterArgs>),
    /// list the registrations in the store
    #[command(after_long_help = registration::LIST_EXAMPLES)]
    Registrations(RegistrationsArgs),
    /// add, show, manage or forget one registration in the store
    #[command(subcommand)]
    Registration(RegistrationCommand),
    /// log a user in with the browser, and keep the tokens
    Login(Box<LoginArgs>),
    /// get an access token that is valid now: held, renewed, or asked for
    Token(TokenArgs),
    /// ask the server what it knows of a held token
    Introspect(IntrospectArgs),
    /// give a held token back: the server ends it, and it is forgotten here
    Revoke(RevokeArgs),
    /// make one authorised request to the FHIR server
    Fhir(FhirArgs),
    /// look after the store: check it, change its key, export and import it
    #[command(subcommand)]
    Store(StoreCommand),
    /// register at, or discover, thousands of servers from one list
    #[command(subcommand)]
    Fleet(FleetCommand),
    /// join a trust community, where certificates speak in place of secrets (UDAP)
    #[command(subcommand)]
    Udap(UdapCommand),
    /// make private keys, and show their public halves
    #[command(subcommand)]
    Keys(KeysCommand),
    /// run a strict authorization server on loopback, with faults on demand
    Sandbox(SandboxArgs),
    /// tell the whole story on a sandbox of its own, step by step
    #[command(after_long_help = tools::DEMO_EXAMPLES)]
    Demo,
    /// print the completions of a shell
    Completions(CompletionsArgs),
    /// write the manual pages into a folder
    Man(ManArgs),
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// print exactly one JSON document on stdout; an error is one JSON line on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// show secrets on stdout; they never show in errors, logs or `--explain`
    #[arg(long, global = true)]
    pub(crate) show_secrets: bool,
    /// where registrations are kept: `sqlite:PATH` or `postgres://USER@HOST/DATABASE` [env: SAFIRE_STORE] [default: a file in your data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) store: Option<SecretText>,
    /// the file with the store's sealing key, 32 bytes in base64; SAFIRE_STORE_KEY wins over it [default: `<store>.key`]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) store_key: Option<String>,
    /// tell every exchange on stderr, secrets masked
    #[arg(long, global = true)]
    pub(crate) explain: bool,
    /// log on stderr; twice for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// only data and errors: no notes, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
