mod carried_over;
mod grants;
mod launch_context;
mod planted_secrets;
mod reauthorization;
mod refusals;
mod request_form;
mod smart_rules;
mod tolerant_answer;

use bytes::Bytes;
use http::Response;
use safire_protocol::credentials::AssertionProfile;
use safire_protocol::credentials::BasicEncoding;
use safire_protocol::credentials::Credentials;
use safire_protocol::credentials::SecretPlacement;
use safire_protocol::identifier::ClientId;
use safire_protocol::jose::Algorithm;
use safire_protocol::secret::ClientSecret;
use safire_protocol::time::UnixTime;
use safire_protocol::token::Grant;
use safire_protocol::token::TokenError;
use safire_protocol::token::TokenRequest;
use safire_protocol::token::TokenResponse;
use url::Url;

const TOKEN_URL: &str = "https://auth.example.com/token";
const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

fn public() -> Credentials {
    Credentials::Public { client_id: ClientId::parse("client-1").unwrap() }
}

fn secret(placement: SecretPlacement) -> Credentials {
    Credentials::Secret {
        client_id: ClientId::parse("client-1").unwrap(),
        secret: ClientSecret::new("s3cret"),
        placement,
    }
}

fn profile() -> AssertionProfile {
    AssertionProfile::new(ClientId::parse("client-1").unwrap(), Algorithm::Es384, "k1").unwrap()
}

fn step_with(scope: Option<&str>, credentials: Credentials) -> TokenRequest {
    let grant = Grant::ClientCredentials { scope: scope.map(str::to_owned) };
    TokenRequest::new(Url::parse(TOKEN_URL).unwrap(), grant, credentials).unwrap()
}

fn step() -> TokenRequest {
    step_with(None, secret(SecretPlacement::Basic(BasicEncoding::Form)))
}

fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("cache-control", "no-store")
        .body(body.into())
        .unwrap()
}

fn accept(status: u16, content_type: &str, body: impl Into<Bytes>) -> Result<TokenResponse, TokenError> {
    step().accept(&answer(status, content_type, body), NOW)
}
