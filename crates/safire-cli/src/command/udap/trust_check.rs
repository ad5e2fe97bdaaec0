//! `safire udap trust check`.

use std::path::Path;

use safire::Error;
use safire::clock::SystemClock;
use safire::protocol::pki::TrustFailure;
use safire::protocol::udap::ChainTrust;
use safire::protocol::udap::UdapDiscoveryError;
use safire::protocol::udap::UdapError;
use safire::protocol::url::UrlPolicy;
use serde_json::Value;
use serde_json::json;

use crate::args::TrustCheckArgs;
use crate::failure::Failure;
use crate::output;
use crate::output::clean;
use crate::output::failure_tree;
use crate::output::path_json;
use crate::output::path_tree;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::Connection;
use crate::plan::Trust;
use crate::plan::chain;
use crate::plan::loopback;
use crate::session::Session;

/// Draws the path of each chain. The first that is not trusted is the failure; the others are drawn all the same.
pub(super) async fn trust_check(session: &Session, args: &TrustCheckArgs) -> Result<(), Failure> {
    let connection = session.connection(Answers::Protocol)?;
    let trust = Trust::plan(&args.trust, &connection, session.output)?;
    let (mut told, mut failed) = (Vec::new(), None);
    for name in &args.chains {
        let checking = check(session, &connection, &trust, name);
        match with_progress(session.output, "checking the chain", checking).await? {
            Ok(found) => {
                tell(session, name, "trusted", &path_tree(&found))?;
                told.push(to_json(name, &found));
            }
            Err(failure) => {
                tell(session, name, "not trusted", &failure_tree(&failure))?;
                let what = format!("the chain of {}", clean(name));
                failed.get_or_insert(Failure::Untrusted { what, failure });
            }
        }
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    let json = json!({ "trusted": true, "chains": told });
    session.output.data(&json, String::new)
}

/// The path, or why there is none. Of a server whose metadata fail before their chain is looked at, the failure is
/// another, and ends the command.
async fn check(
    session: &Session,
    connection: &Connection,
    trust: &Trust,
    name: &str,
) -> Result<Result<ChainTrust, Box<TrustFailure>>, Failure> {
    if !name.starts_with("https://") && !name.starts_with("http://") {
        let chain = chain(Path::new(name))?;
        let policy = UrlPolicy::new(loopback(&session.global.connection));
        let found = trust.trust.verify_chain(&chain, &SystemClock::new(), &policy).await;
        return Ok(found.map_err(Box::new));
    }
    let udap = connection.server(name).build_udap(trust.trust.clone()).map_err(Error::from)?;
    match udap.metadata().await {
        Ok(metadata) => Ok(Ok(metadata.trust.clone())),
        Err(error) => match untrusted(&error) {
            Some(failure) => Ok(Err(Box::new(failure.clone()))),
            None => Err(error.into()),
        },
    }
}

fn untrusted(error: &Error) -> Option<&TrustFailure> {
    let Error::Udap(error) = error.without_record() else { return None };
    let UdapError::Discovery(UdapDiscoveryError::Untrusted { failure, .. }) = &**error else { return None };
    Some(failure)
}

/// At once, so that a chain that hangs does not hide those before it.
fn tell(session: &Session, name: &str, verdict: &str, tree: &str) -> Result<(), Failure> {
    if session.output.is_json() {
        return Ok(());
    }
    output::write_stdout(&format!("{}: {verdict}\n{tree}", clean(name)))
}

fn to_json(name: &str, found: &ChainTrust) -> Value {
    let mut members = path_json(found);
    members.shift_insert(0, "chain".to_owned(), json!(name));
    Value::Object(members)
}
