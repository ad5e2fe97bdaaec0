//! UDAP Security 2.0, with real certificates and signatures.

mod b2b;
mod cancellation;
mod certifications;
mod client_metadata;
mod community;
mod discovery;
mod examples;
mod hostile;
mod identity;
mod lifecycle;
mod planted_secrets;
mod signed_claims;
mod signed_form;
mod software_statement;
mod structure;
mod tefca;
mod tiered;
mod tokens;
mod trust;
mod world;

use bytes::Bytes;
use http::Response;
use safire_protocol::deviation::Deviation;
use safire_protocol::jose::PrivateKey;
use safire_protocol::pki::PathVerification;
use safire_protocol::pki::Step;
use safire_protocol::pki::TrustCommunity;
use safire_protocol::udap::ChainTrust;
use safire_protocol::udap::ClientUri;
use safire_protocol::udap::SignedMetadataPolicy;
use safire_protocol::udap::UdapDiscoveryError;
use safire_protocol::udap::UdapIdentity;
use safire_protocol::udap::UdapLocation;
use safire_protocol::udap::UdapMetadata;
use safire_protocol::udap::UntrustedMetadata;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlPolicy;
use serde_json::Map;
use serde_json::Value;

use self::world::NOW;
use self::world::World;
use self::world::at;

pub(crate) const BASE: &str = "https://fhir.example.com/r4";

fn base_of(text: &str) -> FhirBase {
    FhirBase::parse(text, LoopbackHttp::Refused).unwrap()
}

fn policy() -> SignedMetadataPolicy {
    SignedMetadataPolicy::new(UrlPolicy::default())
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).header("content-type", "application/json").body(body.into()).unwrap()
}

/// The document as a server at this base would answer it.
fn read_at(base: &str, document: &Map<String, Value>) -> Result<UntrustedMetadata, UdapDiscoveryError> {
    let base = base_of(base);
    let location = UdapLocation::new(&base, None);
    location.accept(&base, location.url(), &answer(200, Value::Object(document.clone()).to_string()))
}

fn read(document: &Map<String, Value>) -> UntrustedMetadata {
    read_at(BASE, document).unwrap()
}

/// Discovery to its end, with what the community holds and nothing fetched.
fn discover_at(
    base: &str,
    document: &Map<String, Value>,
    community: &TrustCommunity,
) -> Result<UdapMetadata, UdapDiscoveryError> {
    let untrusted = read_at(base, document)?;
    let signed = untrusted.signed_metadata(&policy(), NOW)?;
    let mut verification = PathVerification::begin(signed.chain().clone(), community, at(NOW));
    loop {
        match verification.step() {
            Step::Trusted(path) => return untrusted.trusted(&signed, ChainTrust::Anchored(path)),
            Step::Refused(failure) => return Err(untrusted.untrusted(failure)),
            Step::Need(needs) => {
                for need in needs {
                    verification.cannot_fetch(&need, "nothing is fetched here");
                }
            }
        }
    }
}

fn discover(
    document: &Map<String, Value>,
    community: &TrustCommunity,
) -> Result<UdapMetadata, UdapDiscoveryError> {
    discover_at(BASE, document, community)
}

fn metadata(world: &World) -> UdapMetadata {
    discover(&world.document(), &world.community()).unwrap()
}

fn identity(world: &World, client_uri: &str, key: &PrivateKey) -> UdapIdentity {
    let chain = world.client_chain(client_uri, key);
    UdapIdentity::new(ClientUri::parse(client_uri).unwrap(), chain).unwrap()
}

fn codes(deviations: &[Deviation]) -> Vec<(&'static str, &str)> {
    deviations.iter().map(|d| (d.code, d.member.as_deref().unwrap_or_default())).collect()
}
