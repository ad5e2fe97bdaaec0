//! `[ENDPOINT:]NAME[=VALUE]`.

use std::time::Duration;

use super::kind::Kind;
use super::kind::Wants;
use super::kind::all;
use crate::endpoint::Endpoint;
use crate::error::SandboxError;

/// A fault specification, read.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) kind: &'static Kind,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) value: Option<String>,
}

impl Spec {
    pub(super) fn parse(text: &str) -> Result<Self, SandboxError> {
        let (head, value) = match text.split_once('=') {
            Some((head, value)) => (head, Some(value)),
            None => (text, None),
        };
        let (endpoint, name) = match head.split_once(':') {
            Some((endpoint, name)) => {
                let known = Endpoint::parse(endpoint)
                    .ok_or_else(|| SandboxError::UnknownEndpoint(endpoint.to_owned()))?;
                (Some(known), name)
            }
            None => (None, head),
        };
        let kind = all().find(|kind| kind.name == name).ok_or_else(|| SandboxError::UnknownFault {
            name: name.to_owned(),
            close: close_to(name, endpoint),
        })?;
        let endpoints = match endpoint {
            Some(one) if kind.endpoints.contains(&one) => vec![one],
            Some(one) => {
                return Err(SandboxError::NotThere {
                    name: name.to_owned(),
                    endpoint: one.as_str().to_owned(),
                    endpoints: kind.endpoints.iter().map(|known| known.as_str().to_owned()).collect(),
                    close: close_to(name, Some(one)),
                });
            }
            None => kind.endpoints.to_vec(),
        };
        check_value(kind, value)?;
        Ok(Self { kind, endpoints, value: value.map(str::to_owned) })
    }
}

/// `500ms`, `2s`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    if let Some(number) = text.strip_suffix("ms") {
        return number.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?.parse().ok().map(Duration::from_secs)
}

fn check_value(kind: &Kind, value: Option<&str>) -> Result<(), SandboxError> {
    let is_url = |text: &str| url::Url::parse(text).is_ok();
    let wanted = match (kind.value, value) {
        (Wants::Nothing | Wants::PerhapsDuration | Wants::PerhapsUrl, None) => return Ok(()),
        (Wants::PerhapsDuration, Some(text)) if duration(text).is_some() => return Ok(()),
        (Wants::Url | Wants::PerhapsUrl, Some(text)) if is_url(text) => return Ok(()),
        (Wants::Code, Some(text)) if is_code(text) => return Ok(()),
        (Wants::Nothing, Some(_)) => "it takes no value",
        (Wants::PerhapsDuration, Some(_)) => "its value is a duration as `500ms` or `2s`",
        (Wants::Url | Wants::PerhapsUrl, _) => "its value is an absolute URL",
        (Wants::Code, _) => "its value is an error code as `access_denied`",
    };
    Err(SandboxError::Value {
        name: kind.name.to_owned(),
        wanted,
        value: value.unwrap_or_default().to_owned(),
    })
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// At most five names, the likeliest first.
fn close_to(name: &str, endpoint: Option<Endpoint>) -> Vec<String> {
    let mut near: Vec<_> = all()
        .filter(|kind| endpoint.is_none_or(|one| kind.endpoints.contains(&one)))
        .filter(|kind| kind.name != name)
        .map(|kind| (distance(name, kind.name), kind.name))
        .filter(|(steps, known)| *steps <= known.len().max(name.len()).div_ceil(2))
        .collect();
    near.sort_unstable();
    near.into_iter().take(5).map(|(_, known)| known.to_owned()).collect()
}

/// How many insertions, removals and replacements lie between two names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.bytes().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            last = replaced.min(last + 1).min(*cell + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
