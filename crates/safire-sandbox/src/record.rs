//! What came in.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde::Serialize;

use crate::asked::Asked;
use crate::lock::lock;

/// A request that the sandbox received, secrets and all: it is for tests.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are no UTF-8 are replaced.
    pub body: String,
}

impl RecordedRequest {
    /// The first value of a header, named in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path.split('?').next())
            .finish_non_exhaustive()
    }
}

/// The last requests, or none when recording is off.
#[derive(Debug)]
pub(crate) struct Recorder(Option<Mutex<VecDeque<RecordedRequest>>>);

impl Recorder {
    pub(crate) fn on() -> Self {
        Self(Some(Mutex::new(VecDeque::new())))
    }

    pub(crate) const fn off() -> Self {
        Self(None)
    }

    /// Keeps a request; the path is the whole one.
    pub(crate) fn keep(&self, path: &str, asked: &Asked) {
        let Some(kept) = &self.0 else { return };
        let headers = asked
            .headers
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let path = asked.query.as_ref().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let body = String::from_utf8_lossy(&asked.body).into_owned();
        let request = RecordedRequest { method: asked.method.as_str().to_owned(), path, headers, body };
        let mut kept = lock(kept);
        if kept.len() == LIMIT {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.0.as_ref().map(|kept| lock(kept).iter().cloned().collect()).unwrap_or_default()
    }
}

/// How many requests are remembered.
const LIMIT: usize = 10_000;
