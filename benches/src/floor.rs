//! The floors: the least that anybody would do for the same work.

use serde_json::Value;

/// Posts the same metadata with bare reqwest and reads the answer as a `serde_json::Value`.
///
/// # Panics
/// When the fixed server does not answer.
#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
pub async fn register(client: &reqwest::Client, url: &str, body: &str) -> Value {
    let response = client
        .post(url)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(body.to_owned())
        .send()
        .await
        .expect("an answer");
    let bytes = response.bytes().await.expect("a body");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Posts a form with bare reqwest and reads the answer as a `serde_json::Value`.
///
/// # Panics
/// When the fixed server does not answer.
#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
pub async fn exchange(client: &reqwest::Client, url: &str, form: &str) -> Value {
    let response = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form.to_owned())
        .send()
        .await
        .expect("an answer");
    let bytes = response.bytes().await.expect("a body");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The client that the floor uses, as people build it.
///
/// # Panics
/// When reqwest cannot be built.
#[must_use]
#[expect(clippy::expect_used, reason = "a bench without its client measures nothing")]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
