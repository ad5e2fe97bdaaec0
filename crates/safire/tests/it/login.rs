//! A login from its request to its token, against a scripted server.

use safire::Client;
use safire::Credentials;
use safire::Error;
use safire::Server;
use safire::error::Stage;
use safire::protocol::authorize::AllowedIssuers;
use safire::protocol::authorize::Aud;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::authorize::Callback;
use safire::protocol::authorize::PendingAuthorization;
use safire::protocol::authorize::PkcePolicy;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::fault::Diagnose;
use safire::protocol::identifier::ClientId;
use safire::protocol::url::FhirBase;
use safire::protocol::url::LoopbackHttp;
use url::Url;

use crate::script::Script;
use crate::script::TOKEN;
use crate::script::document;
use crate::script::form;
use crate::script::json;
use crate::tokens::key_credentials;
use crate::tokens::secret_credentials;

const REDIRECT: &str = "https://app.example.com/callback";
const SCOPE: &str = "launch/patient patient/*.rs openid fhirUser offline_access";

pub(crate) fn public_credentials() -> Credentials {
    Credentials::unsigned(Proof::Public { client_id: ClientId::parse("abc").unwrap() })
}

/// A token answer of a login.
pub(crate) const LOGIN_TOKEN: &str = r#"{"access_token":"planted-access-token-0123456789","token_type":"Bearer",
    "expires_in":300,"scope":"launch/patient patient/*.rs openid fhirUser offline_access",
    "refresh_token":"planted-refresh-token-0123456789","patient":"p-1","need_patient_banner":false,
    "tenant":"t-7","vendor":{"deep":[1,2]}}"#;

async fn begun(client: &Client) -> (Url, PendingAuthorization) {
    let request = client.authorization_request(REDIRECT, SCOPE).await.unwrap();
    client.authorization_url(request).unwrap()
}

/// A login up to its code.
pub(crate) async fn code(client: &Client) -> AuthorizedCode {
    let (_, pending) = begun(client).await;
    let query = format!("code=planted-code-0123456789&state={}", pending.state().expose_secret());
    client.complete_authorization(Callback::from_query(&query).unwrap(), Some(pending)).unwrap()
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn tc_065_tc_066_tc_067_the_url_has_what_smart_asks_for_and_fresh_randomness() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let client = script.server().client(public_credentials());
    let (url, pending) = begun(&client).await;
    assert!(url.as_str().starts_with(&format!("{}/authorize?", script.origin())), "{url}");
    assert_eq!(parameter(&url, "response_type").unwrap(), "code");
    assert_eq!(parameter(&url, "client_id").unwrap(), "abc");
    assert_eq!(parameter(&url, "redirect_uri").unwrap(), REDIRECT);
    assert_eq!(parameter(&url, "scope").unwrap(), SCOPE);
    assert_eq!(parameter(&url, "aud").unwrap(), script.base());
    assert_eq!(parameter(&url, "code_challenge_method").unwrap(), "S256");
    assert_eq!(parameter(&url, "code_challenge").unwrap().len(), 43);
    assert_eq!(parameter(&url, "state").unwrap(), pending.state().expose_secret());
    assert_eq!(pending.state().expose_secret().len(), 32);
    let (second, _) = begun(&client).await;
    for random in ["state", "nonce", "code_challenge"] {
        assert_ne!(parameter(&url, random).unwrap(), parameter(&second, random).unwrap(), "{random}");
    }
    assert_eq!(script.asked().len(), 1, "one discovery and nothing else");
}

#[tokio::test]
async fn tc_068_t24_the_launch_and_the_aud_go_as_the_caller_says() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let launch_url = format!("https://app.example.com/launch?iss={}/&launch=planted-launch-1", script.base());
    let base = FhirBase::parse(&script.base(), LoopbackHttp::Allowed).unwrap();
    let allowed = AllowedIssuers::none().with_loopback(LoopbackHttp::Allowed).exactly(&base);
    let (builder, launch) = Server::launched_by(&Url::parse(&launch_url).unwrap(), &allowed).unwrap();
    assert_eq!(script.asked().len(), 0);
    let client = builder.loopback(LoopbackHttp::Allowed).build().unwrap().client(public_credentials());
    let request = client.authorization_request(REDIRECT, "launch patient/*.rs").await.unwrap();
    let (url, _) = client.authorization_url(request.clone().with_launch(launch.launch())).unwrap();
    assert_eq!(parameter(&url, "launch").unwrap(), "planted-launch-1");
    assert_eq!(parameter(&url, "aud").unwrap(), format!("{}/", script.base()), "the slash is the EHR's own");
    let (url, _) = client.authorization_url(request.clone().with_aud(Aud::Omitted)).unwrap();
    assert_eq!((parameter(&url, "launch"), parameter(&url, "aud")), (None, None));
    let aud = Aud::Text("https://other.example.com/r4".to_owned());
    let (form, _) = client.authorization_form(request.with_aud(aud)).unwrap();
    assert_eq!(form.action.as_str(), format!("{}/authorize", script.origin()));
    assert!(form.fields.contains(&("aud".to_owned(), "https://other.example.com/r4".to_owned())));
}

#[tokio::test]
async fn tc_074_what_a_request_needs_and_has_not_is_named() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let client = script.server().client(public_credentials());
    for (redirect, scope, named) in [("", SCOPE, "redirect"), (REDIRECT, " ", "scope")] {
        let request = client.authorization_request(redirect, scope).await.unwrap();
        let error = client.authorization_url(request).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
        assert_eq!(error.stage(), Stage::Setup);
    }
    for member in ["authorization_endpoint", "token_endpoint"] {
        let without = move |address| document(address).replace(&format!("\"{member}\""), "\"x\"");
        let script = Script::with_document(without, |_, _| json(200, TOKEN)).await;
        let client = script.server().client(public_credentials());
        let error = client.authorization_request(REDIRECT, SCOPE).await.unwrap_err();
        assert_eq!((error.code(), error.stage()), ("missing-endpoint", Stage::Discovery));
        assert!(error.to_string().contains(member), "{error}");
    }
}

#[tokio::test]
async fn an_ehr_that_is_not_on_the_list_is_refused_before_any_network_call() {
    let script = Script::with_document(document, |_, _| json(200, TOKEN)).await;
    let url = Url::parse(&format!("https://app.example.com/launch?iss={}&launch=x", script.base())).unwrap();
    let allowed = AllowedIssuers::none().with_loopback(LoopbackHttp::Allowed);
    let error = Server::launched_by(&url, &allowed).unwrap_err();
    assert_eq!((error.code(), error.stage()), ("launch-issuer-not-allowed", Stage::Setup));
    assert_eq!(script.asked().len(), 0);
}

#[tokio::test]
async fn td_10_the_endpoints_own_query_is_kept() {
    let script = Script::with_document(
        |address| document(address).replace("/authorize\"", "/authorize?tenant=7\""),
        |_, _| json(200, TOKEN),
    )
    .await;
    let (url, _) = begun(&script.server().client(public_credentials())).await;
    assert!(url.query().unwrap().starts_with("tenant=7&"), "{url}");
    assert!(parameter(&url, "state").is_some());
}

#[tokio::test]
async fn t20_s256_goes_to_a_server_that_lists_nothing_unless_it_is_required() {
    let silent = |listed: &'static str| {
        move |address| document(address).replace(r#""code_challenge_methods_supported":["S256"]"#, listed)
    };
    for listed in [r#""x":1"#, r#""code_challenge_methods_supported":["plain"]"#] {
        let script = Script::with_document(silent(listed), |_, _| json(200, TOKEN)).await;
        let client = script.server().client(public_credentials());
        let (url, _) = begun(&client).await;
        assert_eq!(parameter(&url, "code_challenge_method").unwrap(), "S256");
        let request = client.authorization_request(REDIRECT, SCOPE).await.unwrap();
        let error = client.authorization_url(request.with_pkce(PkcePolicy::Required)).unwrap_err();
        assert_eq!(error.code(), "pkce-not-advertised");
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn given_endpoints_need_no_discovery() {
    let script = Script::start(|_, _| json(200, LOGIN_TOKEN)).await;
    let server = script
        .builder()
        .authorization_endpoint(format!("{}/a", script.origin()))
        .token_endpoint(format!("{}/t", script.origin()))
        .build()
        .unwrap();
    let client = server.client(public_credentials());
    client.request_access_token(&code(&client).await).await.unwrap();
    let paths: Vec<String> = script.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/t"]);
}

#[tokio::test]
async fn tc_078_tc_079_tc_081_the_code_goes_with_the_proof_of_the_registration() {
    let script = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    let common = ["code", "code_verifier", "grant_type", "redirect_uri"];
    let assertion = ["client_assertion", "client_assertion_type"];
    for (credentials, more, header) in [
        (public_credentials(), &["client_id"][..], None),
        (secret_credentials(), &[], Some("Basic ")),
        (key_credentials(), &assertion, None),
    ] {
        let client = script.server().client(credentials);
        client.request_access_token(&code(&client).await).await.unwrap();
        let asked = script.asked().pop().unwrap();
        assert_eq!(asked.header("authorization").map(|value| &value[..6]), header);
        let sent = form(&asked.body);
        let mut names: Vec<&str> = common.iter().chain(more).copied().collect();
        names.sort_unstable();
        assert_eq!(sent.keys().map(String::as_str).collect::<Vec<_>>(), names);
        assert_eq!(sent["grant_type"], "authorization_code");
        assert_eq!(sent["redirect_uri"], REDIRECT);
        assert_eq!(sent["code_verifier"].len(), 128);
    }
}

#[tokio::test]
async fn tc_095_what_the_server_adds_is_kept_and_the_context_is_typed() {
    let script = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    let client = script.server().client(public_credentials());
    let token = client.request_access_token(&code(&client).await).await.unwrap();
    assert_eq!(token.extra["vendor"], serde_json::json!({"deep": [1, 2]}));
    assert_eq!(token.extra["patient"], "p-1");
    assert!(token.refresh_token.is_some());
}

#[tokio::test]
async fn td_20_an_exchange_answered_as_text_is_read_with_a_deviation() {
    let script = Script::with_document(document, |_, _| {
        crate::script::answer(200, &["content-type: text/plain"], LOGIN_TOKEN)
    })
    .await;
    let client = script.server().client(public_credentials());
    let token = client.request_access_token(&code(&client).await).await.unwrap();
    assert!(token.deviations.iter().any(|deviation| deviation.code == "content-type"));
}

#[tokio::test]
async fn td_11_td_12_a_callback_that_is_not_ours_or_refuses_sends_no_token_request() {
    let script = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    let client = script.server().client(public_credentials());
    let cases = [
        ("code=c&state=0123456789abcdef0123456789abcdef", "state-differs"),
        ("code=c", "state-missing"),
        ("error=access_denied&error_description=The+user+said+no&state=STATE", "authorization-refused"),
        ("state=STATE", "code-missing"),
    ];
    for (query, expected) in cases {
        let (_, pending) = begun(&client).await;
        let query = query.replace("STATE", pending.state().expose_secret());
        let callback = Callback::from_query(&query).unwrap();
        let error = client.complete_authorization(callback, Some(pending)).unwrap_err();
        assert_eq!((error.code(), error.stage()), (expected, Stage::Authorization));
    }
    let callback = Callback::from_query("code=c&state=s").unwrap();
    assert_eq!(client.complete_authorization(callback, None).unwrap_err().code(), "no-running-flow");
    assert_eq!(script.count("/token"), 0);
}

#[tokio::test]
async fn a_code_of_another_client_or_server_is_sent_nowhere() {
    let script = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    let other = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    let code = code(&script.server().client(public_credentials())).await;
    let id = ClientId::parse("someone-else").unwrap();
    let stranger = Credentials::unsigned(Proof::Public { client_id: id });
    for client in [other.server().client(public_credentials()), script.server().client(stranger)] {
        let error = client.request_access_token(&code).await.unwrap_err();
        assert_eq!(error.code(), "code-of-another-client");
    }
    assert_eq!(script.count("/token") + other.count("/token"), 0);
}

#[tokio::test]
async fn tc_091_an_exchange_without_connection_is_a_network_error() {
    let script = Script::with_document(document, |_, _| json(200, LOGIN_TOKEN)).await;
    // Port 1 on loopback: nobody listens there.
    let server = script.builder().token_endpoint("http://127.0.0.1:1/token").build().unwrap();
    let client = server.client(public_credentials());
    let error = client.request_access_token(&code(&client).await).await.unwrap_err();
    assert!(matches!(&error, Error::Transport { stage: Stage::Token, .. }), "{error:?}");
    assert_eq!(error.code(), "connect-failed");
}

#[test]
fn tc_088_there_is_no_client_without_an_id() {
    assert!(ClientId::parse("").is_none() && ClientId::parse("  ").is_none());
}
