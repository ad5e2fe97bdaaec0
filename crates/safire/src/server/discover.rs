//! Fetches the discovery document, and its stand-ins where it is absent.

use std::time::Duration;

use http::HeaderMap;
use http::header::CACHE_CONTROL;
use safire_protocol::discovery::DiscoveryError;
use safire_protocol::discovery::Location;
use safire_protocol::discovery::locations;
use safire_protocol::server_profile::ServerProfile;

use super::Server;
use crate::error::Error;
use crate::error::Stage;
use crate::transport::FollowError;
use crate::transport::Follower;
use crate::transport::RetryPolicy;

const LONGEST_TTL: Duration = Duration::from_secs(24 * 3600);

/// The first profile in the order of the locations, and how long it may be kept.
///
/// Only an absent SMART document (404, 410) leads on to its stand-ins; if none of them serves, the first
/// failure is the error and names the others.
pub(super) async fn discover(server: &Server) -> Result<(ServerProfile, Duration), Error> {
    let mut first: Option<DiscoveryError> = None;
    let mut others = Vec::new();
    for location in locations(&server.inner.base) {
        match (fetch(server, &location).await, first.is_some()) {
            (Ok(found), _) => return Ok(found),
            (Err(Error::Discovery(error)), false) if error.is_absent() => first = Some(*error),
            (Err(error), false) => return Err(error),
            (Err(error), true) => others.push(error.to_string()),
        }
    }
    match first {
        Some(first) => Err(DiscoveryError::all_failed(first, others).into()),
        None => Err(DiscoveryError::all_failed_without_trying().into()),
    }
}

async fn fetch(server: &Server, location: &Location) -> Result<(ServerProfile, Duration), Error> {
    tracing::info!(url = %location.url, "discovery");
    let follower = Follower {
        transport: server.transport(),
        policy: server.policy(),
        retry: RetryPolicy::default(),
        headers: &server.inner.discovery_headers,
    };
    let followed =
        follower.get(location.url.clone(), location.request()).await.map_err(|error| match error {
            FollowError::Transport(source) => Error::Transport { stage: Stage::Discovery, source },
            FollowError::Redirect(error) => Error::Redirect(error),
        })?;
    let profile = location.accept(&server.inner.base, &followed.url, &followed.response)?;
    for deviation in &profile.deviations {
        tracing::warn!(code = deviation.code, member = deviation.member, "{}", deviation.detail);
    }
    let ttl = time_to_live(followed.response.headers(), server.inner.metadata_ttl);
    Ok((profile, ttl))
}

/// RFC 9111 §5.2.2: `no-store` and `no-cache` keep nothing, `max-age` is obeyed up to a day.
pub(crate) fn time_to_live(headers: &HeaderMap, default: Duration) -> Duration {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut ttl = default;
    for directive in directives.flat_map(|value| value.split(',')).map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            return Duration::ZERO;
        }
        if name.eq_ignore_ascii_case("max-age") {
            let seconds = value.trim_matches('"').parse().map_or(default, Duration::from_secs);
            ttl = seconds.min(LONGEST_TTL);
        }
    }
    ttl
}
