//! A code exchanged for a token, and a token that is in hand.

use std::hint::black_box;
use std::sync::Arc;

use safire::Client;
use safire::Credentials;
use safire::Server;
use safire::TokenSource;
use safire::protocol::authorize::AuthorizedCode;
use safire::protocol::authorize::Callback;
use safire::protocol::credentials::Credentials as Proof;
use safire::protocol::identifier::ClientId;
use safire::protocol::url::LoopbackHttp;
use safire::token_source::Obtain;
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

const REDIRECT: &str = "https://app.example.com/callback";
const SCOPE: &str = "launch/patient patient/*.rs offline_access openid fhirUser";
const CODE: &str = "a-code-of-forty-characters-0123456789abc";

/// A public client of the fixed server.
///
/// # Panics
/// Never for an address on loopback.
#[must_use]
#[expect(clippy::expect_used, reason = "the address is ours")]
pub fn client(origin: &str) -> Client {
    let server = Server::builder(&format!("{origin}/fhir"))
        .loopback(LoopbackHttp::Allowed)
        .authorization_endpoint(format!("{origin}/authorize"))
        .token_endpoint(format!("{origin}/token"))
        .build()
        .expect("a loopback server");
    let id = ClientId::parse("8b7f2c1e-5a0d-4f4e-9c55-0d2f6a1b7c3d").expect("an id");
    server.client(Credentials::unsigned(Proof::Public { client_id: id }))
}

/// A code, as the callback brings it.
///
/// # Panics
/// Never: the callback fits its request.
#[expect(clippy::expect_used, reason = "the callback is ours")]
pub async fn code(client: &Client) -> AuthorizedCode {
    let request = client.authorization_request(REDIRECT, SCOPE).await.expect("a request");
    let (_, pending) = client.authorization_url(request).expect("a URL");
    let query = format!("code={CODE}&state={}", pending.state().expose_secret());
    let callback = Callback::from_query(&query).expect("a callback");
    client.complete_authorization(callback, Some(pending)).expect("a code")
}

/// The form that [`Client::request_access_token`] posts, but for its verifier.
#[must_use]
pub fn form() -> String {
    let verifier = "v".repeat(128);
    let redirect = "https%3A%2F%2Fapp.example.com%2Fcallback";
    let id = "8b7f2c1e-5a0d-4f4e-9c55-0d2f6a1b7c3d";
    format!(
        "grant_type=authorization_code&code={CODE}&redirect_uri={redirect}&code_verifier={verifier}&client_id={id}"
    )
}

/// A source with a token of the fixed server in hand.
///
/// # Panics
/// When the fixed server does not answer.
#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
pub async fn in_hand(client: &Client) -> TokenSource {
    let source = client.token_source(Obtain::Backend { scope: None }).build().expect("a source");
    source.token().await.expect("a token");
    source
}

/// So many tasks take the token so many times each.
///
/// # Panics
/// When a task panics, or the token is not there.
#[expect(clippy::expect_used, reason = "the token is in hand")]
pub fn hand_out(runtime: &Runtime, source: &TokenSource, tasks: u32, each: u32) {
    at_once(runtime, tasks, || {
        let source = source.clone();
        async move {
            for _ in 0..each {
                black_box(source.token().await.expect("a token"));
            }
        }
    });
}

/// The floor: the same from tokio's lock around an `Arc`, as people write it, without a look at the clock.
///
/// # Panics
/// When a task panics.
pub fn hand_out_bare(runtime: &Runtime, token: &Arc<RwLock<Arc<String>>>, tasks: u32, each: u32) {
    at_once(runtime, tasks, || {
        let token = Arc::clone(token);
        async move {
            for _ in 0..each {
                black_box(Arc::clone(&*token.read().await));
            }
        }
    });
}

#[expect(clippy::expect_used, reason = "a task that panics spoils the figure")]
fn at_once<F: Future<Output = ()> + Send + 'static>(runtime: &Runtime, tasks: u32, task: impl Fn() -> F) {
    runtime.block_on(async {
        let running: Vec<_> = (0..tasks).map(|_| tokio::spawn(task())).collect();
        for task in running {
            task.await.expect("no panic");
        }
    });
}
