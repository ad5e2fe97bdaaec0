//! A browser without eyes: it keeps the cookie, reads forms and follows no redirect.

use std::collections::HashMap;

use safire_protocol::authorize::CodeVerifier;
use safire_sandbox::Sandbox;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::support::Answer;
use crate::support::client;
use crate::support::encode;
use crate::support::read;
use crate::support::register;

pub(crate) const REDIRECT: &str = "https://app.example.com/callback?tenant=a";
pub(crate) const STATE: &str = "state-0123456789 äö+&=";
pub(crate) const NONCE: &str = "nonce-0123456789";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const SCOPE: &str = "openid fhirUser launch/patient patient/*.rs offline_access";

/// A public app that may ask for much.
pub(crate) fn app() -> Value {
    json!({
        "client_name": "App <b>\"&'",
        "redirect_uris": [REDIRECT, "com.example.app:/callback", "http://127.0.0.1/cb"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": format!("{SCOPE} launch launch/encounter user/*.rs online_access profile"),
    })
}

/// The id of a registered app.
pub(crate) async fn app_id(sandbox: &Sandbox) -> String {
    register(sandbox, &app()).await["client_id"].as_str().unwrap().to_owned()
}

/// A proper authorization request.
pub(crate) struct Request(pub(crate) Vec<(String, String)>);

impl Request {
    pub(crate) fn of(sandbox: &Sandbox, client_id: &str) -> Self {
        let challenge = CodeVerifier::parse(VERIFIER).unwrap().challenge();
        let fields = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPE),
            ("state", STATE),
            ("nonce", NONCE),
            ("aud", &sandbox.fhir_base()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        Self(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    /// With a parameter changed or added; without a value it is left out.
    pub(crate) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    pub(crate) fn encoded(&self) -> String {
        let fields: Vec<(&str, &str)> =
            self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        encode(&fields)
    }

    pub(crate) fn url(&self, sandbox: &Sandbox) -> String {
        format!("{}?{}", sandbox.authorization_endpoint(), self.encoded())
    }
}

#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, url: &str) -> Answer {
        self.send(client().get(url)).await
    }

    pub(crate) async fn post(&mut self, url: &str, body: String) -> Answer {
        let request = client().post(url).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("other=1; {cookie}"));
        }
        let answer = read(request).await.unwrap();
        if let Some(set) = answer.header("set-cookie") {
            assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Sends the form of a page, with these fields in place of its own or beside them.
    pub(crate) async fn submit(
        &mut self,
        sandbox: &Sandbox,
        page: &Answer,
        fields: &[(&str, &str)],
    ) -> Answer {
        let (action, hidden) = form_of(&page.text());
        let all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(fields.iter().copied())
            .collect();
        self.post(&format!("{}{action}", sandbox.issuer()), encode(&all)).await
    }

    /// Logs in on the login page.
    pub(crate) async fn log_in(&mut self, sandbox: &Sandbox, page: &Answer, user: &str) -> Answer {
        self.submit(sandbox, page, &[("username", user), ("password", user)]).await
    }

    /// Allows all that is ticked on the consent page.
    pub(crate) async fn allow(&mut self, sandbox: &Sandbox, page: &Answer) -> Answer {
        let scopes = ticked(&page.text());
        let mut fields: Vec<(&str, &str)> = scopes.iter().map(|scope| ("scope", scope.as_str())).collect();
        fields.push(("decision", "allow"));
        self.submit(sandbox, page, &fields).await
    }
}

/// Where a form leads, and its hidden fields.
pub(crate) fn form_of(html: &str) -> (String, Vec<(String, String)>) {
    let action = between(html, "action=\"", "\"").unwrap().to_owned();
    let hidden = html
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let name = rest.split('"').next().unwrap().to_owned();
            (name, between(rest, "value=\"", "\"").unwrap().to_owned())
        })
        .collect();
    (action, hidden)
}

/// The scopes that are ticked on a consent page.
pub(crate) fn ticked(html: &str) -> Vec<String> {
    html.split("name=\"scope\" checked value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

/// The title of a page; a redirect has none.
pub(crate) fn title(answer: &Answer) -> String {
    between(&answer.text(), "<title>", "</title>").unwrap_or_default().to_owned()
}

/// What a redirect says to the app.
pub(crate) fn told(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location").unwrap();
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

/// A code without a page: the sandbox approves by itself.
pub(crate) async fn code(sandbox: &Sandbox, request: &Request) -> String {
    let told = told(&Browser::default().get(&request.url(sandbox)).await);
    told.get("code").unwrap_or_else(|| panic!("{told:?}")).clone()
}

/// What a public app sends to redeem a code.
pub(crate) async fn redeem(sandbox: &Sandbox, client_id: &str, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    crate::support::post_form(&sandbox.token_endpoint(), &fields).await
}

/// A token answer without a page.
pub(crate) async fn tokens(sandbox: &Sandbox, client_id: &str) -> Value {
    let code = code(sandbox, &Request::of(sandbox, client_id)).await;
    let answer = redeem(sandbox, client_id, &code).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

pub(crate) async fn refresh(
    sandbox: &Sandbox,
    client_id: &str,
    token: &Value,
    more: &[(&str, &str)],
) -> Answer {
    let mut fields = vec![
        ("grant_type", "refresh_token"),
        ("client_id", client_id),
        ("refresh_token", token.as_str().unwrap()),
    ];
    fields.extend_from_slice(more);
    crate::support::post_form(&sandbox.token_endpoint(), &fields).await
}

/// A FHIR read or search with a token.
pub(crate) async fn fhir(sandbox: &Sandbox, token: &Value, path: &str) -> Answer {
    let url = format!("{}/{path}", sandbox.fhir_base());
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    read(client().get(url).header("authorization", bearer)).await.unwrap()
}
