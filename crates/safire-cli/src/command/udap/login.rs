//! `safire udap login`.

use crate::args::UdapLoginArgs;
use crate::command::login::LoginAt;
use crate::command::login::login_at;
use crate::failure::Failure;
use crate::session::Session;

/// Logs a user in, at the server or at an identity provider of theirs.
pub(super) async fn login(session: &Session, args: &UdapLoginArgs) -> Result<(), Failure> {
    let at = LoginAt { idp: args.idp.as_deref(), trust: Some(&args.trust) };
    Box::pin(login_at(session, &args.login, &at)).await
}
