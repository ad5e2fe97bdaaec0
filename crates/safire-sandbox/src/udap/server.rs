//! What the sandbox is and remembers as a UDAP server.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use safire_protocol::jose::Algorithm;
use safire_protocol::jose::PrivateKey;
use tokio::sync::OnceCell;

use super::community::Community;
use super::membership::Membership;
use super::setup::Offer;
use super::setup::UdapSetup;
use super::setup::Wanted;
use crate::authorize::Journey;
use crate::bounded::Bounded;
use crate::error::SandboxError;

/// The UDAP side of the sandbox, or of a tenant.
#[derive(Debug)]
pub(crate) struct UdapServer {
    common: Arc<Common>,
    issuer: String,
    memberships: OnceCell<Vec<Arc<Membership>>>,
    /// Client ids by community and client URI.
    pub(super) registered: Mutex<HashMap<(String, String), String>>,
    /// What this server is called at identity providers, by community and base URL.
    pub(super) providers: Mutex<HashMap<(String, String), String>>,
    /// Logins that go on elsewhere, by their `state`.
    pub(crate) journeys: Mutex<Bounded<Journey>>,
}

/// What all tenants share.
#[derive(Debug)]
struct Common {
    setup: UdapSetup,
    publication: String,
    /// Made at the first request: an RSA key takes a while.
    made: OnceCell<Made>,
}

#[derive(Debug)]
struct Made {
    communities: Vec<Community>,
    key: PrivateKey,
}

impl UdapServer {
    pub(crate) fn new(setup: UdapSetup, issuer: &str) -> Self {
        // RFC 5280 §4.2.1.13: lists and issuers are fetched without TLS, as they are signed.
        let publication = format!("{}/udap", issuer.replacen("https://", "http://", 1));
        Self::of(Arc::new(Common { setup, publication, made: OnceCell::new() }), issuer)
    }

    /// A tenant in the same communities, with certificates of its own.
    pub(crate) fn tenant(&self, issuer: &str) -> Self {
        Self::of(Arc::clone(&self.common), issuer)
    }

    fn of(common: Arc<Common>, issuer: &str) -> Self {
        Self {
            common,
            issuer: issuer.to_owned(),
            memberships: OnceCell::new(),
            registered: Mutex::default(),
            providers: Mutex::default(),
            journeys: Mutex::new(Bounded::new(JOURNEYS)),
        }
    }

    pub(super) fn is_offered(&self) -> bool {
        self.common.setup.offer == Offer::Udap
    }

    pub(super) fn required_certifications(&self) -> &[String] {
        &self.common.setup.required_certifications
    }

    /// All memberships, the first of which is the default.
    pub(super) async fn memberships(&self) -> Result<&[Arc<Membership>], SandboxError> {
        let joined = self.memberships.get_or_try_init(|| async {
            let Made { communities, key } = self.common.made().await?;
            let join = |community: &Community| {
                Membership::join(community.clone(), &self.issuer, key.clone()).map(Arc::new)
            };
            communities.iter().map(join).collect()
        });
        let joined: Result<_, SandboxError> = joined.await;
        Ok(joined?)
    }

    /// Those that are made already; there are some wherever a client is registered.
    pub(super) fn made(&self) -> &[Arc<Membership>] {
        self.memberships.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// The membership in this community.
    pub(super) fn in_community(&self, uri: &str) -> Option<&Arc<Membership>> {
        self.made().iter().find(|one| one.community.uri() == uri)
    }
}

impl Common {
    async fn made(&self) -> Result<&Made, SandboxError> {
        let making = self.made.get_or_try_init(|| async {
            let (setup, publication) = (self.setup.clone(), self.publication.clone());
            match tokio::task::spawn_blocking(move || make(&setup, &publication)).await {
                Ok(made) => made,
                Err(_) => Err(SandboxError::Stopped),
            }
        });
        making.await
    }
}

fn make(setup: &UdapSetup, publication: &str) -> Result<Made, SandboxError> {
    let own = [Wanted::Named(DEFAULT_COMMUNITY.to_owned())];
    let wanted = if setup.communities.is_empty() { own.as_slice() } else { setup.communities.as_slice() };
    let community = |wanted: &Wanted| match wanted {
        Wanted::Made(community) => Ok(community.clone()),
        Wanted::Named(uri) => Community::builder(uri.as_str()).published_at(publication).make(),
    };
    let communities = wanted.iter().map(community).collect::<Result<_, _>>()?;
    Ok(Made { communities, key: PrivateKey::generate(Algorithm::Rs256)? })
}

/// The URI of the community that there is where none is named.
pub const DEFAULT_COMMUNITY: &str = "https://community.sandbox.example/";

const JOURNEYS: usize = 10_000;
