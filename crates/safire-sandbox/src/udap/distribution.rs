//! Revocation lists and certificates of issuers, over plain HTTP (RFC 5280 §4.2.1.13, §4.2.2.1).

use http::StatusCode;

use super::authority::Places;
use super::authority::Revoked;
use super::authority::Span;
use super::community::Community;
use crate::asked::Asked;
use crate::clock::now;
use crate::error::SandboxError;
use crate::fault::Flaw;
use crate::fault::Strike;
use crate::reply::Reply;
use crate::state::State;

/// Below it are the lists.
pub(crate) const LISTS: &str = "/udap/crl/";

/// Below it are the certificates.
pub(crate) const ISSUERS: &str = "/udap/ca/";

/// Answers below the two, or `None` for other paths.
pub(crate) async fn answer(state: &State, asked: &Asked, strike: Option<Strike<'_>>) -> Option<Reply> {
    let path = asked.path.strip_prefix("/moved").unwrap_or(&asked.path);
    let (rest, media_type) = match path.strip_prefix(LISTS) {
        Some(rest) => (rest, "application/pkix-crl"),
        None => (path.strip_prefix(ISSUERS)?, "application/pkix-cert"),
    };
    let (segment, file) = rest.split_once('/')?;
    let memberships = state.udap.memberships().await.ok()?;
    let community = memberships.iter().map(|one| &one.community).find(|one| one.segment() == segment)?;
    let flaw = strike.as_ref().and_then(Strike::flaw);
    Some(match contents(community, file, flaw)? {
        Ok(der) => Reply::new(StatusCode::OK).with_body(media_type, der),
        Err(_) => Reply::new(StatusCode::SERVICE_UNAVAILABLE),
    })
}

fn contents(community: &Community, file: &str, flaw: Option<Flaw>) -> Option<Result<Vec<u8>, SandboxError>> {
    Some(match file {
        "root.crl" => match flaw {
            Some(Flaw::ExpiredList) => community.root().list(&[], over()),
            Some(Flaw::OtherListSigner) => {
                community.root().double().and_then(|double| double.list(&[], day()))
            }
            Some(Flaw::RevokedIntermediate) => {
                let serial = community.intermediate().serial().to_vec();
                community.root().list(&[Revoked { serial, at: now() }], day())
            }
            Some(_) | None => community.root_list(),
        },
        "intermediate.crl" => match flaw {
            Some(Flaw::ExpiredList) => community.intermediate().list(&[], over()),
            Some(Flaw::OtherListSigner) => {
                community.intermediate().double().and_then(|double| double.list(&[], day()))
            }
            Some(_) | None => community.intermediate_list(),
        },
        "root.cer" => Ok(community.root().der().to_vec()),
        "intermediate.cer" if flaw == Some(Flaw::CyclicIssuers) => community.vicious().and_then(|circle| {
            let places = Places { list: None, ..community.places("circle") };
            circle.certify(community.intermediate(), &places)
        }),
        "intermediate.cer" => Ok(community.intermediate().der().to_vec()),
        "circle.cer" => community.vicious().and_then(|circle| {
            let places = Places { list: None, ..community.places("intermediate") };
            community.intermediate().certify(circle, &places)
        }),
        _ => return None,
    })
}

fn day() -> Span {
    Span::around_now(60, 86_400)
}

fn over() -> Span {
    Span::around_now(2 * 86_400, -3_600)
}
