//! The signature over the server's metadata, and how it can be wrong.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_pki::Certificate;
use safire_protocol::jose::Algorithm;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::community::Community;
use super::member::Member;
use super::member::MemberRequest;
use super::membership::Membership;
use crate::error::SandboxError;
use crate::fault::Flaw;
use crate::fault::Forgery;
use crate::state::State;

/// Signs the claims with RS256 and the certificate of the membership (§2.3), unless told to get it wrong.
pub(super) async fn sign(
    state: &State,
    membership: &Membership,
    base: &str,
    claims: &Map<String, Value>,
    flaw: Option<Flaw>,
    forgery: Option<Forgery>,
) -> Result<String, SandboxError> {
    let member = signer(membership, base, flaw)?;
    let input = format!("{}.{}", part(&header(&member, flaw, forgery)), part(claims));
    let signature = match (flaw, forgery) {
        (_, Some(Forgery::AlgNone)) => Vec::new(),
        (_, Some(Forgery::BadSignature)) => member.key().sign(Algorithm::Rs256, b"another token")?,
        (Some(Flaw::SymmetricAlgorithm), _) => {
            // RFC 8725 §2.1: the public key, which everybody has, as the secret.
            let leaf = Certificate::from_der(member.leaf())?;
            let key = hmac::Key::new(hmac::HMAC_SHA256, leaf.public_key().as_ref());
            hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
        }
        (Some(Flaw::OtherKey), _) => {
            let other = state.keys.signing(Algorithm::Rs256).await?;
            other.sign(Algorithm::Rs256, input.as_bytes())?
        }
        (Some(_) | None, _) => member.key().sign(Algorithm::Rs256, input.as_bytes())?,
    };
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The certificate to show; the key is always the same.
fn signer(membership: &Membership, base: &str, flaw: Option<Flaw>) -> Result<Member, SandboxError> {
    let request = MemberRequest::new(base).key(membership.server.key().clone());
    let community = &membership.community;
    match flaw {
        Some(Flaw::ExpiredCertificate) => community.issue_as(&request.expired()),
        Some(Flaw::RevokedCertificate) => Ok(membership.revoked.clone()),
        Some(Flaw::OtherUriName) => {
            let key = membership.server.key().clone();
            community.issue_as(&MemberRequest::new("https://other.invalid/fhir").key(key))
        }
        Some(Flaw::OtherRoot) => Community::builder(community.uri()).name("Other").make()?.issue_as(&request),
        Some(_) | None => Ok(membership.server.clone()),
    }
}

fn header(member: &Member, flaw: Option<Flaw>, forgery: Option<Forgery>) -> Map<String, Value> {
    let mut x5c = member.x5c();
    let mut header = Map::new();
    let algorithm = match (flaw, forgery) {
        (_, Some(Forgery::AlgNone)) => "none",
        (Some(Flaw::SymmetricAlgorithm), _) => "HS256",
        (Some(_) | None, _) => "RS256",
    };
    header.insert("alg".to_owned(), json!(algorithm));
    match flaw {
        Some(Flaw::NoX5c) => return header,
        Some(Flaw::LeafOnly) => x5c.truncate(1),
        Some(Flaw::ManyCertificates) => {
            let issuer = x5c.last().cloned().unwrap_or_default();
            x5c.resize(MANY, issuer);
        }
        Some(Flaw::UnknownCrit) => {
            header.insert("crit".to_owned(), json!(["exp-by-sundial"]));
            header.insert("exp-by-sundial".to_owned(), json!(true));
        }
        Some(_) | None => {}
    }
    header.insert("x5c".to_owned(), json!(x5c));
    header
}

fn part(members: &Map<String, Value>) -> String {
    // invariant: a map with text keys can always be written.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(members).unwrap_or_default())
}

const MANY: usize = 1_000;
