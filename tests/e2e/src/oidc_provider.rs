//! oidc-provider, the OpenID provider for Node.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::failure::Missing;
use crate::install::Folders;
use crate::install::Freshness;
use crate::install::Launch;
use crate::install::Prepared;
use crate::install::Source;
use crate::install::leave_out;
use crate::install::run;
use crate::node;
use crate::server::Options;
use crate::server::Running;

const SOURCE: Source = Source {
    name: "oidc-provider",
    scripts: &[("server.mjs", include_str!("../servers/oidc-provider/server.mjs"))],
    packages: &[
        ("package.json", include_str!("../servers/oidc-provider/package.json")),
        ("package-lock.json", include_str!("../servers/oidc-provider/package-lock.json")),
    ],
};

/// oidc-provider with a SMART document, RFC 7591 registration and RFC 7592 management.
#[derive(Debug)]
#[non_exhaustive]
pub enum OidcProvider {}

impl OidcProvider {
    /// Installs it where needed and starts it; `None` when it is left out, which the run then says on stderr.
    ///
    /// # Errors
    ///
    /// It does not start, or it cannot be installed and the environment says `CI=true`.
    pub async fn start(options: Options) -> Result<Option<Running>, Failure> {
        Running::start_in_background(SOURCE.name, Self::installed, options).await
    }

    /// Installs it where needed, and says whether it is there.
    ///
    /// # Errors
    ///
    /// It cannot be installed and the environment says `CI=true`.
    pub fn prepare() -> Result<Prepared, Failure> {
        match Self::installed() {
            Ok(_) => Ok(Prepared::Ready),
            Err(missing) => leave_out(SOURCE.name, &missing).map(|()| Prepared::LeftOut),
        }
    }

    fn installed() -> Result<Launch, Missing> {
        SOURCE.install(install)
    }
}

fn install(folders: &Folders, freshness: Freshness) -> Result<PathBuf, Missing> {
    let node = node::find_or_bring(&folders.cache)?;
    if freshness == Freshness::Stale {
        run(node::npm(&folders.server).arg("ci"))?;
    }
    Ok(node)
}
