//! A client of a UDAP server, by hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use safire_jose::Algorithm;
use safire_sandbox::Community;
use safire_sandbox::Member;
use safire_sandbox::MemberRequest;
use safire_sandbox::Sandbox;
use safire_sandbox::SandboxBuilder;
use serde_json::Value;
use serde_json::json;

use crate::support::ASSERTION_TYPE;
use crate::support::Answer;
use crate::support::now;
use crate::support::post_form;
use crate::support::post_json;

pub(crate) const CLIENT: &str = "https://app.example.org/udap";

/// A sandbox, its community, and a client with a certificate.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) community: Community,
    pub(crate) client: Member,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::of(Sandbox::builder()).await
    }

    pub(crate) async fn of(builder: SandboxBuilder) -> Self {
        let sandbox = builder.start().await.unwrap();
        let community = sandbox.udap_communities().await.unwrap().remove(0);
        let client = community.issue_as(&request(CLIENT)).unwrap();
        Self { sandbox, community, client }
    }

    /// The claims of a good statement for backend services.
    pub(crate) fn claims(&self) -> Value {
        let now = now();
        json!({
            "iss": CLIENT, "sub": CLIENT, "aud": self.sandbox.udap_registration_endpoint(),
            "iat": now, "exp": now + 300, "jti": jti(),
            "client_name": "Acme B2B App",
            "contacts": ["mailto:b2b-operations@example.com"],
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": "system/Patient.read system/Observation.rs",
        })
    }

    /// The same for an app with users.
    pub(crate) fn user_claims(&self, redirect_uri: &str) -> Value {
        let mut claims = self.claims();
        claims["grant_types"] = json!(["authorization_code", "refresh_token"]);
        claims["response_types"] = json!(["code"]);
        claims["redirect_uris"] = json!([redirect_uri]);
        claims["logo_uri"] = json!("https://app.example.org/logo.png");
        claims["scope"] = json!("openid udap offline_access patient/*.rs");
        claims
    }

    pub(crate) async fn register(&self, claims: &Value) -> Answer {
        self.submit(&signed(&self.client, claims)).await
    }

    pub(crate) async fn submit(&self, statement: &str) -> Answer {
        self.post(&json!({"software_statement": statement, "udap": "1"})).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Answer {
        post_json(&self.sandbox.udap_registration_endpoint(), body).await
    }

    /// The id of a client that was registered just now.
    pub(crate) async fn registered(&self, claims: &Value) -> String {
        let answer = self.register(claims).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["client_id"].as_str().unwrap().to_owned()
    }

    /// The claims of a good authentication token.
    pub(crate) fn authentication(&self, client_id: &str, extensions: Value) -> Value {
        let now = now();
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": self.sandbox.token_endpoint(),
            "iat": now, "exp": now + 300, "jti": jti(),
        });
        if !extensions.is_null() {
            claims["extensions"] = extensions;
        }
        claims
    }

    /// Asks for a token by client credentials.
    pub(crate) async fn token(&self, claims: &Value) -> Answer {
        self.token_with(&signed(&self.client, claims), &[("scope", "system/Patient.rs"), ("udap", "1")]).await
    }

    pub(crate) async fn token_with(&self, assertion: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        all.extend_from_slice(fields);
        post_form(&self.sandbox.token_endpoint(), &all).await
    }
}

pub(crate) fn request(uri: &str) -> MemberRequest {
    MemberRequest::new(uri).algorithm(Algorithm::Es256)
}

/// A good `hl7-b2b`.
pub(crate) fn b2b() -> Value {
    json!({
        "version": "1",
        "organization_id": "https://acme.example.org",
        "purpose_of_use": ["urn:oid:2.16.840.1.113883.5.8#TREAT"],
    })
}

pub(crate) fn extensions() -> Value {
    json!({"hl7-b2b": b2b()})
}

pub(crate) fn signed(member: &Member, claims: &Value) -> String {
    let algorithm = member.key().algorithm();
    jws(member, algorithm, &json!({"alg": algorithm.as_str(), "x5c": member.x5c()}), claims)
}

/// Any header and any claims, signed by the algorithm given, whatever the header says.
pub(crate) fn jws(member: &Member, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", part(header), part(claims));
    let signature = member.key().sign(algorithm, input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn jti() -> String {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Sets a member; null takes it away.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if value.is_null() {
        object.as_object_mut().unwrap().remove(name);
    } else {
        object[name] = value;
    }
}

/// An answer that refuses with this code, and says this.
pub(crate) fn assert_refused(answer: &Answer, code: &str, says: &str) {
    assert!(answer.status == 400 || answer.status == 401, "{says}: {} {}", answer.status, answer.text());
    assert_eq!(answer.error(), code, "{says}: {}", answer.text());
    let description = answer.json()["error_description"].as_str().unwrap().to_owned();
    assert!(description.contains(says), "{says}: {description}");
}
