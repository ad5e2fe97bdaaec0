//! FHIR base URLs as lists publish them, cleaned by rule. What is compared is never rewritten: a rule repairs how a
//! URL was typed, or refuses it; the rest of the text stays as its publisher wrote it.

use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use safire_protocol::url::UrlError;
use safire_protocol::url::is_loopback;
use url::Host;
use url::Url;

use super::base_problem::BaseProblem;
use crate::transport::names_private_address;

/// A FHIR base that can be asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CleanBase {
    /// The base.
    pub base: FhirBase,
    /// Host and port, under which requests are paced.
    pub host: String,
    /// What was odd about it, or was repaired.
    pub notes: Vec<BaseNote>,
}

/// What was odd about a base, or was repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaseNote {
    /// Blanks around it were taken off.
    BlanksAround,
    /// Something that belongs to a list, such as `: `, stood before it and was taken off.
    ListMark,
    /// It had no scheme: https was put before it.
    SchemeAdded,
    /// It names port 443, which https has anyway.
    DefaultPort,
    /// It names another port.
    OtherPort,
    /// Its host has capital letters.
    UpperCaseHost,
    /// Its path has an empty segment.
    DoubleSlash,
    /// Its host is an address.
    IpAddress,
}

impl BaseNote {
    /// Every note.
    pub const ALL: [Self; 8] = [
        Self::BlanksAround,
        Self::ListMark,
        Self::SchemeAdded,
        Self::DefaultPort,
        Self::OtherPort,
        Self::UpperCaseHost,
        Self::DoubleSlash,
        Self::IpAddress,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BlanksAround => "blanks-around",
            Self::ListMark => "list-mark",
            Self::SchemeAdded => "scheme-added",
            Self::DefaultPort => "default-port",
            Self::OtherPort => "other-port",
            Self::UpperCaseHost => "upper-case-host",
            Self::DoubleSlash => "double-slash",
            Self::IpAddress => "ip-address",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|note| note.as_str() == text)
    }
}

/// Which bases a list may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers write it out")]
pub struct CleaningRules {
    /// Whether http is accepted on loopback addresses.
    pub loopback: LoopbackHttp,
    /// Whether hosts inside a network are accepted.
    pub inner_hosts: InnerHosts,
}

/// Whether private addresses and `.local` names are accepted. A published list that names one is wrong; a list of
/// one's own may mean it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "accepted or not")]
pub enum InnerHosts {
    /// They are refused.
    #[default]
    Refused,
    /// They are accepted.
    Accepted,
}

/// No URL that a server answers at is longer.
const LONGEST: usize = 2048;
/// Where the specification itself is published.
const SPECIFICATION_HOSTS: [&str; 4] = ["hl7.org", "www.hl7.org", "build.fhir.org", "fhir.org"];

/// Cleans one base URL.
///
/// # Errors
/// [`BaseProblem`] when it cannot be a FHIR base, or would have to be guessed.
pub fn clean(written: &str, rules: CleaningRules) -> Result<CleanBase, BaseProblem> {
    if written.len() > LONGEST {
        return Err(BaseProblem::TooLong { limit: LONGEST });
    }
    let mut notes = Vec::new();
    let text = unwrapped(written, &mut notes);
    if text.is_empty() {
        return Err(BaseProblem::Empty);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(BaseProblem::BlankInside);
    }
    if text.contains('\\') {
        return Err(BaseProblem::Backslash);
    }
    let text = with_scheme(text, &mut notes)?;
    let url = Url::parse(&text).map_err(|_| BaseProblem::Malformed { shown: clip(&text) })?;
    check_host(&url, rules, &mut notes)?;
    let base = FhirBase::parse(&text, rules.loopback).map_err(|error| sorted(error, &text))?;
    note_oddities(&text, &url, &mut notes);
    let port = url.port_or_known_default().unwrap_or_default();
    let host = format!("{}:{port}", url.host_str().unwrap_or_default());
    Ok(CleanBase { base, host, notes })
}

/// The text without what is around it.
fn unwrapped<'a>(written: &'a str, notes: &mut Vec<BaseNote>) -> &'a str {
    let invisible = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}';
    let trimmed = written.trim_matches(invisible);
    if trimmed.len() != written.len() {
        notes.push(BaseNote::BlanksAround);
    }
    let bare = trimmed.trim_start_matches([':', '-', '*']).trim_start();
    if bare.len() != trimmed.len() && bare.contains("://") {
        notes.push(BaseNote::ListMark);
        return bare;
    }
    trimmed
}

/// The text with a scheme: a bare `host/path` and a `host:port/path` get one, a reference to a resource does not.
fn with_scheme(text: &str, notes: &mut Vec<BaseNote>) -> Result<String, BaseProblem> {
    if let Some((_, rest)) = text.split_once("://") {
        // `url` would take the path for a host.
        let has_host = !rest.is_empty() && !rest.starts_with(['/', '?', '#']);
        return if has_host {
            Ok(text.to_owned())
        } else {
            Err(BaseProblem::Malformed { shown: clip(text) })
        };
    }
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let is_host = name.contains('.') && !name.starts_with('.') && name.chars().all(plain);
    if is_host && port.chars().all(|c| c.is_ascii_digit()) {
        notes.push(BaseNote::SchemeAdded);
        return Ok(format!("https://{text}"));
    }
    let capital = text.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    if capital && text.contains('/')
        || text.starts_with("urn:")
        || text.starts_with('#')
        || text.starts_with('/')
    {
        return Err(BaseProblem::RelativeReference { shown: clip(text) });
    }
    Err(BaseProblem::Malformed { shown: clip(text) })
}

fn check_host(url: &Url, rules: CleaningRules, notes: &mut Vec<BaseNote>) -> Result<(), BaseProblem> {
    let host = || url.host_str().unwrap_or_default().to_owned();
    let inner = rules.inner_hosts == InnerHosts::Accepted;
    match url.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => {
            notes.push(BaseNote::IpAddress);
            if names_private_address(url) && !is_loopback(url) && !inner {
                return Err(BaseProblem::PrivateAddress { host: host() });
            }
            Ok(())
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            if SPECIFICATION_HOSTS.contains(&name) {
                return Err(BaseProblem::Specification { host: name.to_owned() });
            }
            let local = !name.contains('.') || name.ends_with(".local");
            if local && !is_loopback(url) && !inner {
                return Err(BaseProblem::LocalName { host: name.to_owned() });
            }
            Ok(())
        }
        None => Err(BaseProblem::Malformed { shown: clip(url.as_str()) }),
    }
}

fn note_oddities(text: &str, url: &Url, notes: &mut Vec<BaseNote>) {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.ends_with(":443") && url.scheme() == "https" {
        notes.push(BaseNote::DefaultPort);
    } else if url.port().is_some() {
        notes.push(BaseNote::OtherPort);
    }
    if authority.chars().any(|c| c.is_ascii_uppercase()) {
        notes.push(BaseNote::UpperCaseHost);
    }
    // One slash at the end is usual.
    if path.starts_with('/') || path.contains("//") {
        notes.push(BaseNote::DoubleSlash);
    }
}

fn sorted(error: UrlError, text: &str) -> BaseProblem {
    match error {
        UrlError::NotHttps { url, .. } => BaseProblem::NotHttps { url },
        UrlError::Forbidden { part, url, .. } => BaseProblem::Forbidden { part, url },
        UrlError::Malformed { .. } | UrlError::HostNotPinned { .. } | _ => {
            BaseProblem::Malformed { shown: clip(text) }
        }
    }
}

/// What stands behind `?` or before `@` may be a secret.
fn clip(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
