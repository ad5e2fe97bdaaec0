//! JWTs with the certificate of their signer, UDAP Security 2.0 §7.1.

use std::sync::Arc;

use safire_pki::Chain;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Expectations;
use safire_protocol::jose::JwtId;
use safire_protocol::jose::Limits;
use safire_protocol::jose::PublicKey;
use safire_protocol::jose::decode;
use safire_protocol::time::UnixTime;
use serde_json::Map;
use serde_json::Value;

use super::membership::Membership;
use crate::clock::now;
use crate::lock::lock;
use crate::state::State;

/// The algorithms that are taken: RS256 must be, the others may (§7.1.2).
pub(super) const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Rs256, Algorithm::Es256, Algorithm::Rs384, Algorithm::Es384];

/// A JWT whose signature was made with the key of the first certificate in its header.
#[derive(Debug)]
pub(super) struct SignedJwt {
    pub(super) algorithm: Algorithm,
    pub(super) claims: Map<String, Value>,
    pub(super) chain: Chain,
}

/// What a JWT shall say of itself.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    pub(super) issuer: &'a str,
    pub(super) subject: Option<&'a str>,
    pub(super) audience: Option<&'a str>,
    /// The most seconds from `iat` to `exp`.
    pub(super) lifetime: i64,
}

impl SignedJwt {
    /// Reads form, certificates and signature. Nobody says yet that the certificates are trusted.
    pub(super) fn read(token: &str) -> Result<Self, String> {
        let limits = Limits { max_bytes: LARGEST, ..Limits::default() };
        let jwt = decode(token, limits).map_err(|error| error.to_string())?;
        let algorithm = jwt.alg();
        let elements = match jwt.header().get("x5c") {
            None => return Err("the header has no `x5c`".to_owned()),
            Some(value) => strings(value).ok_or("`x5c` must be an array of strings")?,
        };
        let chain = Chain::from_x5c(&elements).map_err(|error| format!("`x5c`: {error}"))?;
        let key = PublicKey::from_spki(chain.leaf().public_key().as_ref())
            .map_err(|error| format!("the key of the certificate: {error}"))?;
        let verified = jwt.verify(&ALGORITHMS, &key).map_err(|error| error.to_string())?;
        Ok(Self { algorithm, claims: verified.claims, chain })
    }

    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// The community that trusts the signer, out of these; otherwise what each says against it.
    pub(super) fn community<'a>(
        &self,
        memberships: &'a [Arc<Membership>],
    ) -> Result<&'a Arc<Membership>, String> {
        let mut reasons = Vec::new();
        for membership in memberships {
            match membership.check(&self.chain) {
                Ok(()) => return Ok(membership),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(reasons.join("; "))
    }

    /// §7.1.5: URIs are compared letter by letter.
    pub(super) fn is_by(&self, uri: &str) -> Result<(), String> {
        let names = self.chain.leaf().uri_names();
        if names.iter().any(|name| name.as_str() == uri) {
            return Ok(());
        }
        let names: Vec<&str> = names.iter().map(safire_pki::UriName::as_str).collect();
        Err(format!("`{uri}` is no URI name of the certificate, which has: {}", names.join(", ")))
    }

    /// Issuer, subject, audience, times and `jti`.
    pub(super) fn check(&self, wanted: &Claims<'_>) -> Result<(), String> {
        let expectations = Expectations {
            issuer: Some(wanted.issuer.to_owned()),
            subject: wanted.subject.map(str::to_owned),
            audience: wanted.audience.map(|audience| vec![audience.to_owned()]),
            max_lifetime: Some(wanted.lifetime),
            skew: SKEW,
            jti: JwtId::Required,
            ..Expectations::at(now().as_seconds())
        };
        if !self.claims.contains_key("iat") {
            return Err("the token has no `iat`".to_owned());
        }
        expectations.check(&self.claims).map_err(|error| error.to_string())
    }

    /// §7.1.4: an issuer uses a `jti` again only after the older JWT expired.
    pub(super) fn use_once(&self, state: &State) -> Result<(), String> {
        let key = format!(
            "udap\n{}\n{}",
            self.text("iss").unwrap_or_default(),
            self.text("jti").unwrap_or_default()
        );
        let expires = self.claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "the time was checked, and a cast saturates")]
        let expires = UnixTime::from_seconds(expires as i64);
        let now = now();
        let mut seen = lock(&state.assertions);
        seen.drop_oldest_while(|expires| expires.plus_seconds(SKEW) < now);
        if seen.get(&key).is_some_and(|expires| expires.plus_seconds(SKEW) >= now) {
            return Err("the token was used before (its `jti` is known)".to_owned());
        }
        seen.insert(&key, expires);
        Ok(())
    }
}

/// An array of strings.
pub(super) fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 60;

/// Sixteen certificates fit.
const LARGEST: usize = 256 * 1024;
