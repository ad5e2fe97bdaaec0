//! A large discovery document, in the shape of the largest that are published.

use bytes::Bytes;
use http::Response;
use safire_protocol::discovery::Location;
use safire_protocol::discovery::locations;
use safire_protocol::server_profile::ServerProfile;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;

const LARGE: &str = include_str!("../../testdata/discovery/large.json");

/// A document and where it was found.
#[derive(Debug)]
pub struct Sample {
    base: FhirBase,
    location: Location,
    response: Response<Bytes>,
}

impl Sample {
    /// The large document.
    ///
    /// # Panics
    /// Never: the base is a constant.
    #[must_use]
    #[expect(clippy::expect_used, reason = "constants")]
    pub fn large() -> Self {
        let base = FhirBase::parse("https://fhir.example.com/r4", LoopbackHttp::Refused).expect("a base");
        let location = locations(&base).into_iter().next().expect("a first location");
        let mut response = Response::new(Bytes::from_static(LARGE.as_bytes()));
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        Self { base, location, response }
    }

    /// The floor.
    ///
    /// # Panics
    /// When the sample is not JSON.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a constant")]
    pub fn as_value(&self) -> Value {
        serde_json::from_slice(self.response.body()).expect("JSON")
    }

    /// Ours: the same work as in discovery, after the bytes arrived.
    ///
    /// # Panics
    /// When the sample is not accepted.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a constant")]
    pub fn judged(&self) -> ServerProfile {
        self.location.accept(&self.base, &self.location.url, &self.response).expect("a profile")
    }
}
