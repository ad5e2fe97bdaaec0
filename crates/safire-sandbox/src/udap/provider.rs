//! An identity provider, seen from the data holder: UDAP Security 2.0 §6.2.

use http::Method;
use http::StatusCode;
use safire_protocol::jose::Algorithm;
use safire_protocol::jose::Header;
use safire_protocol::jose::sign;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::client_metadata::TIERED;
use super::membership::Membership;
use super::metadata::METADATA_PATH;
use super::signed::Claims;
use super::signed::SignedJwt;
use super::signed::strings;
use super::upstream;
use crate::clock::now;
use crate::lock::lock;
use crate::random;
use crate::state::State;

/// Where the identity provider sends the user back to.
pub(crate) const CALLBACK_PATH: &str = "/authorize/idp";

/// Where the logo is that a registration has to name.
pub(crate) const LOGO_PATH: &str = "/udap/logo.gif";

/// One pixel.
pub(crate) const LOGO: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// A trusted identity provider, and who this server is to it.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    base: String,
    authorization_endpoint: String,
    token_endpoint: String,
    community: String,
    client_id: String,
}

impl Provider {
    /// Finds the provider of this base URL, trusts its metadata, and registers there unless that was done before.
    pub(crate) async fn find(state: &State, base: &str) -> Result<Self, String> {
        let memberships = state.udap.memberships().await.map_err(|error| error.to_string())?;
        let mut reasons = Vec::new();
        for membership in memberships {
            match Self::meet(state, membership, base).await {
                Ok(provider) => return Ok(provider),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(reasons.join("; "))
    }

    async fn meet(state: &State, membership: &Membership, base: &str) -> Result<Self, String> {
        let community = membership.community.uri();
        let mut url = Url::parse(&format!("{base}{METADATA_PATH}")).map_err(|error| error.to_string())?;
        url.query_pairs_mut().append_pair("community", community);
        let (status, body) = upstream::send(Method::GET, url.as_str(), None, String::new()).await?;
        if status != StatusCode::OK {
            return Err(format!("{url} answers {status}"));
        }
        let members: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        let scopes = members.get("scopes_supported").and_then(strings).unwrap_or_default();
        if !["openid", TIERED].iter().all(|wanted| scopes.iter().any(|scope| scope == wanted)) {
            return Err(format!("{url} does not offer the scopes openid and {TIERED}"));
        }
        let signed = members.get("signed_metadata").and_then(Value::as_str).unwrap_or_default();
        let jwt = SignedJwt::read(signed)?;
        if jwt.algorithm != Algorithm::Rs256 {
            return Err("the metadata are not signed with RS256".to_owned());
        }
        membership.check(&jwt.chain)?;
        jwt.is_by(base)?;
        jwt.check(&Claims { issuer: base, subject: Some(base), audience: None, lifetime: YEAR })?;
        let endpoint = |name: &str| {
            let found = jwt.text(name).map(str::to_owned);
            found.ok_or_else(|| format!("the signed metadata have no `{name}`"))
        };
        let key = (community.to_owned(), base.to_owned());
        let known = lock(&state.udap.providers).get(&key).cloned();
        let client_id = match known {
            Some(id) => id,
            None => {
                let id = register(state, membership, &endpoint("registration_endpoint")?).await?;
                lock(&state.udap.providers).insert(key, id.clone());
                id
            }
        };
        Ok(Self {
            base: base.to_owned(),
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            community: community.to_owned(),
            client_id,
        })
    }

    /// The URL at which the user logs in.
    pub(crate) fn login_url(&self, state: &State, text: &str, nonce: &str, challenge: &str) -> String {
        let callback = callback(state);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", self.client_id.as_str()),
                ("redirect_uri", callback.as_str()),
                ("scope", "openid udap"),
                ("state", text),
                ("nonce", nonce),
                ("code_challenge", challenge),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        format!("{}?{query}", self.authorization_endpoint)
    }

    /// Redeems the code, and gives the subject of a valid id token.
    pub(crate) async fn subject(
        &self,
        state: &State,
        code: &str,
        verifier: &str,
        nonce: &str,
    ) -> Result<String, String> {
        let membership = state.udap.in_community(&self.community).ok_or("the community is not known")?;
        let id = self.client_id.as_str();
        let claims = claims(id, &self.token_endpoint)?;
        let assertion = signed(membership, &claims)?;
        let callback = callback(state);
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", callback.as_str()),
                ("code_verifier", verifier),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion.as_str()),
                ("udap", "1"),
            ])
            .finish();
        let (status, body) = upstream::send(Method::POST, &self.token_endpoint, Some(FORM), form).await?;
        if status != StatusCode::OK {
            return Err(format!("the token endpoint of the identity provider answers {status}"));
        }
        let answer: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        let token = answer.get("id_token").and_then(Value::as_str).ok_or("there is no id token")?;
        self.check(membership, token, nonce)
    }

    /// OpenID Connect Core §3.1.3.7, with the certificate of §7.1.3.
    fn check(&self, membership: &Membership, token: &str, nonce: &str) -> Result<String, String> {
        let jwt = SignedJwt::read(token)?;
        membership.check(&jwt.chain)?;
        jwt.is_by(&self.base)?;
        let subject = jwt.text("sub").ok_or("the id token has no `sub`")?;
        if jwt.text("nonce") != Some(nonce) {
            return Err("the id token has another `nonce`".to_owned());
        }
        let audience = match jwt.claims.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(several) => strings(several).unwrap_or_default(),
            None => Vec::new(),
        };
        if !audience.contains(&self.client_id) {
            return Err("the id token is for another client".to_owned());
        }
        if jwt.text("iss") != Some(self.base.as_str()) {
            return Err("the id token has another `iss`".to_owned());
        }
        let expires = jwt.claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
        if expires <= now().as_seconds() {
            return Err("the id token is expired".to_owned());
        }
        Ok(subject.to_owned())
    }
}

async fn register(state: &State, membership: &Membership, endpoint: &str) -> Result<String, String> {
    let uri = state.fhir_base();
    let mut claims = claims(&uri, endpoint)?;
    let metadata = json!({
        "client_name": "Safire sandbox",
        "contacts": ["mailto:sandbox@sandbox.example"],
        "redirect_uris": [callback(state)],
        "logo_uri": format!("{}{LOGO_PATH}", state.issuer),
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "openid udap",
    });
    if let Value::Object(metadata) = metadata {
        claims.extend(metadata);
    }
    let body = json!({"software_statement": signed(membership, &claims)?, "udap": "1"});
    let (status, answer) =
        upstream::send(Method::POST, endpoint, Some("application/json"), body.to_string()).await?;
    if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
        return Err(format!("the registration with the identity provider is answered with {status}"));
    }
    let answer: Map<String, Value> = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
    let id = answer.get("client_id").and_then(Value::as_str).map(str::to_owned);
    id.ok_or_else(|| "the registration with the identity provider has no `client_id`".to_owned())
}

/// What every JWT says that this server signs as a client.
fn claims(who: &str, audience: &str) -> Result<Map<String, Value>, String> {
    let now = now();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", json!(who));
    put("sub", json!(who));
    put("aud", json!(audience));
    put("iat", json!(now));
    put("exp", json!(now.plus_seconds(240)));
    put("jti", json!(random::identifier().map_err(|error| error.to_string())?));
    Ok(claims)
}

fn signed(membership: &Membership, claims: &Map<String, Value>) -> Result<String, String> {
    let header = Header { x5c: Some(membership.server.x5c()), ..Header::new(Algorithm::Rs256) };
    sign(membership.server.key(), &header, claims).map_err(|error| error.to_string())
}

fn callback(state: &State) -> String {
    format!("{}{CALLBACK_PATH}", state.issuer)
}

const FORM: &str = "application/x-www-form-urlencoded";
const YEAR: i64 = 366 * 86_400;
