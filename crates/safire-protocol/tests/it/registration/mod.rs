//! Registration: the request, the tolerant answer, what is told of it.

mod answer_tolerance;
mod arbitrary;
mod differences;
mod epic;
mod fingerprint;
mod metadata_rules;
mod planted_secrets;
mod refusals;
mod registered_json;
mod request_form;
mod times;

use bytes::Bytes;
use http::Response;
use safire_protocol::registration::ClientMetadata;
use safire_protocol::registration::Registration;
use safire_protocol::registration::RegistrationError;
use safire_protocol::registration::RegistrationRequest;
use safire_protocol::secret::AuthorizationHeader;
use safire_protocol::time::UnixTime;
use serde_json::Value;
use url::Url;

const ENDPOINT: &str = "https://auth.example.org/register";
const NOW: UnixTime = UnixTime::from_seconds(1_750_000_000);

fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut builder = Response::builder().status(status);
    if !content_type.is_empty() {
        builder = builder.header("content-type", content_type);
    }
    builder.body(body.into()).unwrap()
}

fn json(status: u16, body: &Value) -> Response<Bytes> {
    response(status, "application/json", body.to_string())
}

fn step(metadata: &ClientMetadata, authorization: Option<&str>) -> RegistrationRequest {
    let authorization = authorization.map(AuthorizationHeader::new);
    RegistrationRequest::new(Url::parse(ENDPOINT).unwrap(), metadata, authorization).unwrap()
}

fn accept(metadata: &ClientMetadata, response: &Response<Bytes>) -> Result<Registration, RegistrationError> {
    step(metadata, None).accept(response, NOW)
}

fn read(body: &Value) -> Registration {
    accept(&ClientMetadata::new(), &json(201, body)).unwrap()
}

fn codes(registration: &Registration) -> Vec<(&'static str, &str, String)> {
    let deviations = registration.deviations().iter();
    deviations.map(|d| (d.code, d.member.as_deref().unwrap_or(""), d.severity.to_string())).collect()
}

#[track_caller]
fn assert_deviation(registration: &Registration, code: &str, member: &str, severity: &str) {
    let found = codes(registration);
    let wanted = |(c, m, s): &(&'static str, &str, String)| *c == code && *m == member && s == severity;
    assert!(found.iter().any(wanted), "no {severity} `{code}` of `{member}` in {found:?}");
}
