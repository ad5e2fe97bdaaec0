//! A small client for the tests.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use safire_jose::Algorithm;
use safire_jose::Header;
use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) fn client() -> reqwest::Client {
    builder().build().unwrap()
}

pub(crate) fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(20))
}

pub(crate) async fn get(url: &str) -> Answer {
    read(client().get(url)).await.unwrap()
}

pub(crate) async fn read(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
}

pub(crate) async fn post_json(url: &str, body: &Value) -> Answer {
    read(client().post(url).header("content-type", "application/json").body(body.to_string())).await.unwrap()
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn form(url: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    client().post(url).header("content-type", "application/x-www-form-urlencoded").body(encode(fields))
}

pub(crate) async fn post_form(url: &str, fields: &[(&str, &str)]) -> Answer {
    read(form(url, fields)).await.unwrap()
}

/// A Basic header with form-encoded parts.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let part = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", part(id), part(secret))))
}

pub(crate) async fn register(sandbox: &Sandbox, metadata: &Value) -> Value {
    let answer = post_json(&sandbox.registration_endpoint(), metadata).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub(crate) fn backend(method: &str) -> Value {
    json!({
        "client_name": "Backend",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": method,
        "scope": "system/Patient.rs system/Observation.rs",
    })
}

pub(crate) fn public() -> Value {
    json!({
        "client_name": "App",
        "redirect_uris": ["https://app.example.com/callback"],
        "token_endpoint_auth_method": "none",
        "scope": "openid patient/*.rs",
    })
}

pub(crate) fn key_client(key: &PrivateKey) -> Value {
    let mut metadata = backend("private_key_jwt");
    metadata["jwks"] = json!({"keys": [key.public_jwk().to_json()]});
    metadata
}

/// The claims of a proper assertion.
pub(crate) fn claims(sandbox: &Sandbox, client_id: &str, jti: &str) -> Value {
    let now = now();
    json!({"iss": client_id, "sub": client_id, "aud": sandbox.token_endpoint(), "iat": now, "exp": now + 240, "jti": jti})
}

#[expect(clippy::disallowed_methods, reason = "a test has no caller to ask for the time")]
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

pub(crate) fn sign(key: &PrivateKey, algorithm: Algorithm, claims: &Value) -> String {
    safire_jose::sign(key, &Header::jwt(algorithm, key.kid()), claims).unwrap()
}

pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) async fn token_by_assertion(sandbox: &Sandbox, assertion: &str) -> Answer {
    post_form(
        &sandbox.token_endpoint(),
        &[
            ("grant_type", "client_credentials"),
            ("scope", "system/Patient.rs"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ],
    )
    .await
}

pub(crate) async fn token_by_secret(sandbox: &Sandbox, client: &Value) -> Answer {
    let header = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    read(
        form(
            &sandbox.token_endpoint(),
            &[("grant_type", "client_credentials"), ("scope", "system/Patient.rs")],
        )
        .header("authorization", header),
    )
    .await
    .unwrap()
}
