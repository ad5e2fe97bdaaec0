//! What a careful client says of signed metadata: a second opinion, made of nothing but the two libraries.

use std::time::Duration;

use rustls_pki_types::UnixTime;
use safire_jose::Algorithm;
use safire_jose::Expectations;
use safire_jose::JwtId;
use safire_jose::Limits;
use safire_jose::PublicKey;
use safire_pki::Chain;
use safire_pki::PathVerification;
use safire_pki::Step;
use safire_pki::TrustAnchors;
use safire_pki::TrustCommunity;
use safire_sandbox::Community;
use serde_json::Value;

use crate::support::client;
use crate::support::now;

/// The code of the first rule that is broken, or nothing.
pub(crate) async fn verdict(community: &Community, base: &str, document: &Value) -> Option<String> {
    judge(community, base, document).await.err()
}

async fn judge(community: &Community, base: &str, document: &Value) -> Result<(), String> {
    let limits = Limits { max_bytes: 4 << 20, ..Limits::default() };
    let signed = document["signed_metadata"].as_str().ok_or("absent")?;
    let jwt = safire_jose::decode(signed, limits).map_err(|error| error.code().to_owned())?;
    let elements: Vec<String> =
        serde_json::from_value(jwt.header().get("x5c").cloned().ok_or("no-x5c")?).map_err(|_| "x5c")?;
    let chain = Chain::from_x5c(&elements).map_err(|error| error.code().to_owned())?;
    let key = PublicKey::from_spki(chain.leaf().public_key().as_ref()).unwrap();
    let verified = jwt.verify(&[Algorithm::Rs256], &key).map_err(|error| error.code().to_owned())?;
    trust(community, chain.clone()).await?;
    let expectations = Expectations {
        issuer: Some(base.to_owned()),
        subject: Some(base.to_owned()),
        max_lifetime: Some(366 * 86_400),
        jti: JwtId::Required,
        ..Expectations::at(now())
    };
    expectations.check(&verified.claims).map_err(|error| error.code().to_owned())?;
    if !chain.leaf().uri_names().iter().any(|name| name.as_str() == base) {
        return Err("other-uri-name".to_owned());
    }
    if verified.claims["token_endpoint"] != document["token_endpoint"] {
        return Err("other-endpoints".to_owned());
    }
    Ok(())
}

async fn trust(community: &Community, chain: Chain) -> Result<(), String> {
    let anchors = TrustAnchors::parse(community.anchors_pem().as_bytes()).unwrap();
    let trusted = TrustCommunity::new("test", anchors);
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now()).unwrap()));
    let mut verification = PathVerification::begin(chain, &trusted, now);
    loop {
        match verification.step() {
            Step::Trusted(_) => return Ok(()),
            Step::Refused(failure) => return Err(failure.code().to_owned()),
            Step::Need(needs) => {
                for need in needs {
                    match fetch(need.url(), verification.max_bytes(&need)).await {
                        Some(body) => verification.supply(&need, &body),
                        None => verification.cannot_fetch(&need, "it does not come"),
                    }
                }
            }
        }
    }
}

/// A body of at most that many bytes within a moment.
async fn fetch(url: &str, limit: usize) -> Option<Vec<u8>> {
    let request = client().get(url).timeout(Duration::from_millis(500));
    let mut response = request.send().await.ok().filter(|response| response.status().is_success())?;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.ok()? {
        body.extend_from_slice(&part);
        if body.len() > limit {
            return None;
        }
    }
    Some(body)
}
