//! A small hyper server with as many FHIR bases as are asked for: what is measured is the client.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::thread;

use bytes::Bytes;
use http::Method;
use http::Request;
use http::Response;
use http::header::CONTENT_TYPE;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use crate::fixed_server::REGISTRATION_ANSWER;

/// Starts the server on a thread of its own and returns its address. It lives as long as the process.
///
/// # Panics
/// When loopback has no free port.
#[must_use]
#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
pub fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(serve(listener, address));
    });
    address
}

#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
async fn serve(listener: TcpListener, address: SocketAddr) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
    let document = Bytes::from(document(address));
    while let Ok((stream, _)) = listener.accept().await {
        // Failing to set it costs time, nothing else.
        let _ = stream.set_nodelay(true);
        let document = document.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, document.clone()));
            // A client that goes away ends its connection.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    document: Bytes,
) -> Result<Response<http_body_util::Full<Bytes>>, Infallible> {
    let (status, body) = match *request.method() {
        Method::POST => (201, Bytes::from_static(REGISTRATION_ANSWER.as_bytes())),
        _ => (200, document),
    };
    let mut response = Response::new(http_body_util::Full::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Ok(response)
}

fn document(address: SocketAddr) -> String {
    format!(
        r#"{{"issuer":"http://{address}","jwks_uri":"http://{address}/jwks","authorization_endpoint":"http://{address}/authorize","token_endpoint":"http://{address}/token","registration_endpoint":"http://{address}/register","grant_types_supported":["authorization_code","client_credentials"],"token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"],"scopes_supported":["openid","fhirUser","launch","patient/*.rs"],"capabilities":["launch-standalone","client-confidential-symmetric","sso-openid-connect"],"code_challenge_methods_supported":["S256"]}}"#
    )
}
