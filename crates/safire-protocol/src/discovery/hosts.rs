//! Who serves what: the issuer and the endpoints beside the FHIR base.

use url::Url;

use super::location::printable;
use super::reader::Reader;
use super::section;
use crate::deviation::Severity;
use crate::server_profile::ProfileSource;
use crate::server_profile::ServerProfile;

/// Another host than the base's is normal, and reported: credentials go there.
pub(super) fn judge(reader: &mut Reader<'_>, profile: &ServerProfile) {
    endpoints_elsewhere(reader);
    apart(reader);
    if let Some(issuer) = &profile.issuer {
        judge_issuer(reader, profile, issuer);
    }
    if let (Some(registration), Some(management)) =
        (&profile.registration_endpoint, &profile.management_endpoint)
        && registration == management
    {
        let detail = "the same URL as `management_endpoint`: probably a page for people, not RFC 7591";
        reader.note("registration-is-management", Severity::Warning, "registration_endpoint", detail);
    }
}

/// One deviation per foreign host, naming its members.
fn endpoints_elsewhere(reader: &mut Reader<'_>) {
    let base = reader.base.as_url().host_str().unwrap_or_default();
    let mut elsewhere: Vec<(String, Vec<&'static str>)> = Vec::new();
    for (member, url) in &reader.endpoints {
        let host = url.host_str().unwrap_or_default();
        // Associated endpoints are FHIR servers and the like: no credential of ours goes there.
        if host == base || *member == "associated_endpoints" {
            continue;
        }
        match elsewhere.iter_mut().find(|(seen, _)| seen == host) {
            Some((_, members)) => members.push(member),
            None => elsewhere.push((host.to_owned(), vec![member])),
        }
    }
    for (host, members) in elsewhere {
        let first = members.first().copied().unwrap_or_default();
        let detail = format!("on {host}, the FHIR base on {base}: {}", members.join(", "));
        reader.push("endpoint-on-other-host", Severity::Info, "RFC 6749 §1.1", first, detail);
    }
}

/// The page for users on one host, the token endpoint on another.
fn apart(reader: &mut Reader<'_>) {
    let authorize = reader.url_of("authorization_endpoint").and_then(Url::host_str);
    let token = reader.url_of("token_endpoint").and_then(Url::host_str);
    if let (Some(authorize), Some(token)) = (authorize, token)
        && authorize != token
    {
        let detail = format!("on {authorize}, `token_endpoint` on {token}");
        reader.push(
            "endpoints-on-different-hosts",
            Severity::Info,
            "RFC 6749 §3",
            "authorization_endpoint",
            detail,
        );
    }
}

fn judge_issuer(reader: &mut Reader<'_>, profile: &ServerProfile, issuer: &str) {
    let Ok(url) = Url::parse(issuer) else {
        let detail = format!("{:?} is not a URL", printable(issuer));
        reader.push("issuer-malformed", Severity::Warning, section::OAUTH_METADATA, "issuer", detail);
        return;
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && crate::url::is_loopback(&url)) {
        let detail = format!("the scheme is {}, not https", url.scheme());
        reader.push("issuer-not-https", Severity::Warning, section::OAUTH_METADATA, "issuer", detail);
    }
    if url.query().is_some() || url.fragment().is_some() {
        let detail = "a query or a fragment, which an issuer must not have";
        reader.push("issuer-has-query", Severity::Warning, section::OAUTH_METADATA, "issuer", detail);
    }
    if url.path().contains("/.well-known/") {
        let detail = "the URL of a discovery document where the issuer belongs";
        reader.push("issuer-is-document-url", Severity::Warning, section::OAUTH_METADATA, "issuer", detail);
    }
    issuer_elsewhere(reader, &url);
    issuer_of_place(reader, profile, issuer);
}

fn issuer_elsewhere(reader: &mut Reader<'_>, issuer: &Url) {
    let host = issuer.host_str().unwrap_or_default();
    let others: Vec<String> = ["token_endpoint", "jwks_uri"]
        .into_iter()
        .filter_map(|member| Some((member, reader.url_of(member)?.host_str()?)))
        .filter(|(_, other)| *other != host)
        .map(|(member, other)| format!("`{member}` on {other}"))
        .collect();
    if !others.is_empty() {
        let detail = format!("on {host}, {}", others.join(", "));
        reader.push("issuer-on-other-host", Severity::Info, section::OAUTH_METADATA, "issuer", detail);
    }
}

/// RFC 8414 §3.3, OpenID Connect Discovery §4.3: the issuer is the URL that the document was derived from.
fn issuer_of_place(reader: &mut Reader<'_>, profile: &ServerProfile, issuer: &str) {
    let section = match profile.source {
        ProfileSource::OpenidConfiguration => "OpenID Connect Discovery 1.0 §4.3",
        ProfileSource::OauthAuthorizationServer => "RFC 8414 §3.3",
        // SMART 2.2 and UDAP bind the member to nothing; a CapabilityStatement has none.
        ProfileSource::SmartConfiguration | ProfileSource::CapabilityStatement | ProfileSource::Udap => {
            return;
        }
    };
    if issuer.trim_end_matches('/') != reader.base.as_str().trim_end_matches('/') {
        let detail = format!(
            "{:?} is not the FHIR base {:?}: the document may be that of another authorization server",
            printable(issuer),
            printable(reader.base.as_str())
        );
        reader.push("issuer-mismatch", Severity::Warning, section, "issuer", detail);
    }
}

impl Reader<'_> {
    fn url_of(&self, member: &str) -> Option<&Url> {
        self.endpoints.iter().find(|(name, _)| *name == member).map(|(_, url)| url)
    }
}
