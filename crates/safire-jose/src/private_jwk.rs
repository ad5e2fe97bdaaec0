use std::collections::BTreeSet;

use serde_json::Map;
use serde_json::Value;
use zeroize::Zeroize;
use zeroize::Zeroizing;

use crate::jwk::Params;
use crate::jwk::bytes;
use crate::jwk::encode;
use crate::jwk::text;
use crate::key_error::KeyError;

/// A private key as it was written in a JWK.
pub(crate) struct PrivateJwk {
    pub(crate) params: Params,
    pub(crate) private: PrivateParams,
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Option<String>,
}

/// The private numbers of a key.
pub(crate) enum PrivateParams {
    /// `d`, `p`, `q`, `dp`, `dq`, `qi`.
    Rsa([Zeroizing<Vec<u8>>; 6]),
    /// `d`.
    Ec(Zeroizing<Vec<u8>>),
}

/// Parsed JSON that is wiped when it is dropped.
struct WipedJson(Value);

impl Drop for WipedJson {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// The private key of a JWK or JWK Set, the one with this `kid` if it is given.
pub(crate) fn parse(json: &[u8], kid: Option<&str>) -> Result<PrivateJwk, KeyError> {
    let document = WipedJson(serde_json::from_slice(json).map_err(|error| {
        KeyError::malformed(format!("not JSON (line {}, column {})", error.line(), error.column()))
    })?);
    let listed: Vec<&Map<String, Value>> = match document.0.get("keys") {
        Some(keys) => {
            let keys = keys.as_array().ok_or_else(|| KeyError::malformed("`keys` must be an array"))?;
            keys.iter().filter_map(Value::as_object).collect()
        }
        None => document.0.as_object().into_iter().collect(),
    };
    read(choose(&listed, kid)?)
}

/// `[("d", …), …]` as they are written.
pub(crate) fn private_names(private: &PrivateParams) -> Vec<(&'static str, &[u8])> {
    match private {
        PrivateParams::Rsa(numbers) => {
            RSA_NAMES.into_iter().zip(numbers).map(|(name, number)| (name, number.as_slice())).collect()
        }
        PrivateParams::Ec(d) => vec![("d", d.as_slice())],
    }
}

/// The JSON text of a private JWK.
pub(crate) fn write(
    params: &Params,
    private: &PrivateParams,
    kid: &str,
    algorithm: &str,
) -> Zeroizing<String> {
    let mut json = Zeroizing::new(String::with_capacity(4096));
    json.push_str(r#"{"kty":""#);
    json.push_str(params.kty());
    json.push_str(r#"","use":"sig","kid":"#);
    json.push_str(&Value::from(kid).to_string());
    let mut put = |name: &str, value: &str| {
        for part in [",\"", name, "\":\"", value, "\""] {
            json.push_str(part);
        }
    };
    put("alg", algorithm);
    match params {
        Params::Rsa { n, e } => {
            put("n", &encode(n));
            put("e", &encode(e));
        }
        Params::Ec { curve, x, y } => {
            put("crv", curve.name());
            put("x", &encode(x));
            put("y", &encode(y));
        }
    }
    for (name, number) in private_names(private) {
        put(name, &Zeroizing::new(encode(number)));
    }
    json.push('}');
    json
}

fn choose<'a>(
    listed: &[&'a Map<String, Value>],
    kid: Option<&str>,
) -> Result<&'a Map<String, Value>, KeyError> {
    let mut private: Vec<&Map<String, Value>> =
        listed.iter().copied().filter(|key| key.contains_key("d")).collect();
    if private.is_empty() {
        return Err(without_private(listed));
    }
    if let Some(kid) = kid {
        let kids = kids(&private);
        private.retain(|key| key.get("kid").and_then(Value::as_str) == Some(kid));
        if private.is_empty() && kids.is_empty() && listed.len() == 1 {
            return listed.first().copied().ok_or(KeyError::NoKey);
        }
        if private.is_empty() {
            return Err(KeyError::KidNotFound { kid: kid.to_owned(), kids });
        }
    } else if private.len() > 1 {
        // RFC 7517 §4.2: a key marked for encryption is never the one to sign with.
        private.retain(|key| key.get("use").and_then(Value::as_str) != Some("enc"));
    }
    match private.as_slice() {
        [one] => Ok(one),
        [] => Err(KeyError::NoKey),
        several => Err(KeyError::Ambiguous { kids: kids(several) }),
    }
}

fn without_private(listed: &[&Map<String, Value>]) -> KeyError {
    let foreign = listed.iter().find_map(|key| {
        let kind = key.get("kty").and_then(Value::as_str)?;
        (kind != "RSA" && kind != "EC").then(|| kind.to_owned())
    });
    match foreign {
        Some(kind) if listed.len() == 1 => KeyError::UnsupportedKeyType { kind },
        Some(_) | None if listed.iter().any(|key| key.contains_key("kty")) => KeyError::PublicOnly,
        Some(_) | None => KeyError::NoKey,
    }
}

fn kids(keys: &[&Map<String, Value>]) -> Vec<String> {
    let kids: BTreeSet<&str> = keys.iter().filter_map(|key| key.get("kid").and_then(Value::as_str)).collect();
    kids.into_iter().map(str::to_owned).collect()
}

fn read(key: &Map<String, Value>) -> Result<PrivateJwk, KeyError> {
    let params = Params::parse(key)?;
    let number = |name: &str| bytes(key, name).map(Zeroizing::new);
    let private = match params {
        Params::Rsa { .. } => {
            if key.contains_key("oth") {
                return Err(KeyError::malformed(
                    "an RSA key with more than two primes (`oth`) is not supported",
                ));
            }
            let absent: Vec<&str> = RSA_NAMES.into_iter().filter(|name| !key.contains_key(*name)).collect();
            if !absent.is_empty() {
                return Err(KeyError::malformed(format!(
                    "the private RSA JWK lacks `{}`, expected all of d, p, q, dp, dq, qi",
                    absent.join("`, `")
                )));
            }
            let [d, p, q, dp, dq, qi] = RSA_NAMES;
            PrivateParams::Rsa([number(d)?, number(p)?, number(q)?, number(dp)?, number(dq)?, number(qi)?])
        }
        Params::Ec { .. } => PrivateParams::Ec(number("d")?),
    };
    Ok(PrivateJwk {
        params,
        private,
        kid: text(key, "kid")?.map(str::to_owned),
        algorithm: text(key, "alg")?.map(str::to_owned),
    })
}

fn wipe(value: &mut Value) {
    if let Value::String(text) = value {
        text.zeroize();
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(wipe);
    } else if let Value::Object(members) = value {
        members.values_mut().for_each(wipe);
    }
}

const RSA_NAMES: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];
