//! `safire fhir`.

use std::io::IsTerminal as _;

use bytes::Bytes;
use http::Method;
use http::Request;
use http::Response;
use http::header::ACCEPT;
use http::header::CONTENT_TYPE;
use safire::protocol::server_answer::ServerAnswer;
use serde_json::Value;
use serde_json::json;

use super::authorised::authorised;
use super::authorised::with_way_to_login;
use super::known_client::KnownClient;
use super::known_client::ThisTime;
use crate::args::FhirArgs;
use crate::failure::Failure;
use crate::output;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::FhirPath;
use crate::plan::read_body;
use crate::session::Session;

/// Makes one authorised request to the FHIR server.
pub(crate) async fn fhir(session: &Session, args: &FhirArgs) -> Result<(), Failure> {
    let this_time = ThisTime { key: args.key.as_deref(), answers: Answers::Fhir, ..ThisTime::default() };
    let known = KnownClient::find(session, &args.id, &this_time).await?;
    let path = FhirPath::plan(known.client.server().base(), &args.path)?;
    let request = request(args, &path)?;
    let authorised = authorised(session, &known, args.scope.as_deref());
    let source = with_progress(session.output, "getting a token", authorised).await?.source;
    let sent = with_progress(session.output, "asking the FHIR server", source.authorized(request)).await;
    let answer = sent.map_err(|error| with_way_to_login(&known, error))?;
    if !answer.status().is_success() {
        let url = path.as_str().split('?').next().unwrap_or_default().to_owned();
        return Err(Failure::Fhir {
            method: args.method.to_ascii_uppercase(),
            url,
            answer: Box::new(ServerAnswer::read(&answer)),
            id: known.record.id.clone(),
        });
    }
    known.mark_active(session).await;
    show(session, &answer)
}

fn request(args: &FhirArgs, path: &FhirPath) -> Result<Request<Bytes>, Failure> {
    let unusable = |cause: &dyn std::fmt::Display| {
        Failure::usage(
            format!("this request cannot be written: {cause}"),
            "check the path, `--accept` and `--content-type`",
        )
    };
    let method = Method::from_bytes(args.method.to_ascii_uppercase().as_bytes());
    let method = method.map_err(|cause| unusable(&cause))?;
    let takes_data = matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
    let body = match &args.data {
        Some(_) if !takes_data => {
            return Err(Failure::usage(format!("`--data` does not go with {method}"), "leave it out"));
        }
        Some(path) => Bytes::from(read_body(path)?.to_vec()),
        None => Bytes::new(),
    };
    let mut request = Request::builder().method(method).uri(path.as_str()).header(ACCEPT, &args.accept);
    if args.data.is_some() {
        request = request.header(CONTENT_TYPE, &args.content_type);
    }
    request.body(body).map_err(|cause| unusable(&cause))
}

/// The body as it came; laid out on a terminal, and always JSON with `--json`.
fn show(session: &Session, answer: &Response<Bytes>) -> Result<(), Failure> {
    let parsed = serde_json::from_slice::<Value>(answer.body());
    if session.output.is_json() {
        let json = parsed.unwrap_or_else(|_| not_json(answer));
        return session.output.data(&json, String::new);
    }
    match parsed {
        Ok(json) if std::io::stdout().is_terminal() => output::write_stdout(&format!("{json:#}\n")),
        Ok(_) | Err(_) => output::write_bytes(answer.body()),
    }
}

fn not_json(answer: &Response<Bytes>) -> Value {
    let header = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let body = (!answer.body().is_empty()).then(|| String::from_utf8_lossy(answer.body()));
    json!({ "status": answer.status().as_u16(), "content_type": header, "body": body })
}
