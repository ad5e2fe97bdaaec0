//! A small hyper server that always answers the same bytes: what is measured is the client.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::thread;

use bytes::Bytes;
use http::Method;
use http::Request;
use http::Response;
use http::header::CACHE_CONTROL;
use http::header::CONTENT_TYPE;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// A registration answer as a correct server sends it.
pub const REGISTRATION_ANSWER: &str = r#"{"client_id":"8b7f2c1e-5a0d-4f4e-9c55-0d2f6a1b7c3d","client_id_issued_at":1790000000,"client_secret":"cf136dc3c1fc93f31185e5885805d1a2c9b1e0d4","client_secret_expires_at":0,"registration_client_uri":"https://auth.example.com/register/8b7f2c1e","registration_access_token":"this.is.an.access.token.value.ffx83","client_name":"Bench App","redirect_uris":["https://app.example.com/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"client_secret_basic","scope":"launch/patient patient/*.rs offline_access openid fhirUser","contacts":["mailto:ops@example.com"],"client_uri":"https://app.example.com/","logo_uri":"https://app.example.com/logo.png","software_id":"4NRB1-0XZABZI9E6-5SM3R","software_version":"2.1.0"}"#;

/// The answer to a code as a correct server sends it.
pub const TOKEN_ANSWER: &str = r#"{"access_token":"i8hweunweunweofiwweoijewiwe-8b7f2c1e5a0d4f4e9c550d2f6a1b7c3d","token_type":"Bearer","expires_in":3600,"scope":"launch/patient patient/*.rs offline_access openid fhirUser","refresh_token":"a47txjiipgxkvohibvsm-5a0d4f4e9c550d2f","patient":"123","encounter":"456","need_patient_banner":true,"smart_style_url":"https://ehr.example.com/styles/smart_v1.json"}"#;

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
        runtime.block_on(serve(listener));
    });
    address
}

#[expect(clippy::expect_used, reason = "a bench without its server measures nothing")]
async fn serve(listener: TcpListener) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
    while let Ok((stream, _)) = listener.accept().await {
        // Failing to set it costs time, nothing else.
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            // A client that goes away ends its connection.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<http_body_util::Full<Bytes>>, Infallible> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::POST, "/token") => (200, TOKEN_ANSWER),
        (&Method::POST, _) => (201, REGISTRATION_ANSWER),
        _ => (200, "{}"),
    };
    let mut response = Response::new(http_body_util::Full::new(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    Ok(response)
}
