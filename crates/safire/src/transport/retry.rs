//! When an idempotent GET is sent again. A POST never is.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::StatusCode;
use http::header::RETRY_AFTER;

use super::error::TransportError;

/// How often and how patiently a GET is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// Repetitions after the first try.
    pub(crate) repetitions: u32,
    /// The first pause; each further one is twice as long.
    pub(crate) first_pause: Duration,
    /// The longest pause that is waited for, also when the server names one.
    pub(crate) longest_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            repetitions: 2,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl RetryPolicy {
    /// How long to wait before the next try, or `None` when this outcome stands.
    pub(crate) fn pause(
        &self,
        tried: u32,
        outcome: &Result<Response<Bytes>, TransportError>,
    ) -> Option<Duration> {
        if tried > self.repetitions {
            return None;
        }
        let own = self.first_pause.saturating_mul(1 << tried.saturating_sub(1).min(16));
        match outcome {
            // A timeout has used up its time already, an unknown name stays unknown.
            Err(TransportError::Connect { .. } | TransportError::Cut { .. }) => Some(own),
            Err(_) => None,
            Ok(response) if is_passing(response.status()) => {
                let named = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let pause = match named {
                    // RFC 9110 §10.2.3; a date is not worth a clock here: the own pause serves.
                    Some(text) => text.trim().parse().map_or(own, Duration::from_secs),
                    None => own,
                };
                (pause <= self.longest_pause).then_some(pause)
            }
            Ok(_) => None,
        }
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}
