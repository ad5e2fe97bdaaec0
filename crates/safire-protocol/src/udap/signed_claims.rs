//! The claims of signed metadata, UDAP Security 2.0 §2.3: all that is wrong is told at once.

use safire_pki::Certificate;
use safire_pki::UriMatch;
use safire_pki::UriName;
use serde_json::Map;
use serde_json::Value;

use super::location::UntrustedMetadata;
use super::signed_metadata::SignedMetadataPolicy;
use super::violation::SignedMetadataRule as Rule;
use super::violation::Violation;
use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::discovery::printable;
use crate::json::kind_of;
use crate::time::UnixTime;

/// The guide's year.
const YEAR: i64 = 365 * 24 * 3600;
const SECTION: &str = "UDAP Security 2.0 §2.3";
const ENDPOINTS: [&str; 3] = ["token_endpoint", "registration_endpoint", "authorization_endpoint"];

/// What is known of claims that hold.
pub(super) struct Checked {
    pub(super) expires_at: UnixTime,
    pub(super) deviations: Vec<Deviation>,
}

pub(super) fn check(
    document: &UntrustedMetadata,
    claims: &Map<String, Value>,
    leaf: &Certificate,
    policy: &SignedMetadataPolicy,
    now: UnixTime,
) -> Result<Checked, Vec<Violation>> {
    let mut check =
        Check { document, claims, leaf, policy, now, violations: Vec::new(), deviations: Vec::new() };
    check.issuer();
    check.subject();
    check.not_before();
    let expires_at = check.times();
    check.jwt_id();
    check.endpoints();
    match expires_at {
        Some(expires_at) if check.violations.is_empty() => {
            Ok(Checked { expires_at, deviations: check.deviations })
        }
        Some(_) | None => Err(check.violations),
    }
}

struct Check<'a> {
    document: &'a UntrustedMetadata,
    claims: &'a Map<String, Value>,
    leaf: &'a Certificate,
    policy: &'a SignedMetadataPolicy,
    now: UnixTime,
    violations: Vec<Violation>,
    deviations: Vec<Deviation>,
}

impl<'a> Check<'a> {
    fn break_rule(&mut self, rule: Rule, detail: impl Into<String>) {
        self.violations.push(Violation::new(rule, detail));
    }

    fn issuer(&mut self) {
        let Some(issuer) = self.text("iss") else {
            let detail = format!("`iss` is {}, expected the server's URI", self.seen("iss"));
            return self.break_rule(Rule::IssuerInCertificate, detail);
        };
        let names = self.leaf.uri_names();
        match names.iter().find_map(|name| name.matches(issuer)) {
            Some(found) => self.forgiven(found, "the URI name of the server's certificate"),
            None => {
                let detail = format!(
                    "`iss` {:?} is no URI name of the first certificate; {}",
                    printable(issuer),
                    named(names, self.leaf.other_names())
                );
                self.break_rule(Rule::IssuerInCertificate, detail);
            }
        }
        let base = self.document.base.as_str();
        match uri_match(issuer, base) {
            Some(found) => self.forgiven(found, "the FHIR base"),
            None => {
                let detail =
                    format!("`iss` is {:?}, expected the FHIR base {:?}", printable(issuer), printable(base));
                self.break_rule(Rule::IssuerIsBase, detail);
            }
        }
    }

    fn forgiven(&mut self, found: UriMatch, what: &str) {
        if found != UriMatch::Exact {
            let detail = format!("equal to {what} but for the slash after the host");
            let deviation = Deviation::new("udap-root-slash", Severity::Warning, SECTION, detail);
            self.deviations.push(deviation.of_member("iss"));
        }
    }

    fn subject(&mut self) {
        if self.text("sub").is_none() || self.claims.get("sub") != self.claims.get("iss") {
            let detail = format!("`sub` is {}, expected the value of `iss`", self.seen("sub"));
            self.break_rule(Rule::Subject, detail);
        }
    }

    fn not_before(&mut self) {
        if !self.claims.contains_key("nbf") {
            return;
        }
        match self.whole("nbf") {
            Some(nbf) if nbf <= self.now.plus_seconds(self.policy.skew()).as_seconds() => {}
            _ => {
                let detail = format!("`nbf` is {}, and now is {}", self.seen("nbf"), self.now.as_seconds());
                self.break_rule(Rule::NotBefore, detail);
            }
        }
    }

    fn times(&mut self) -> Option<UnixTime> {
        let now = self.now.as_seconds();
        let issued = self.whole("iat");
        match issued {
            Some(iat) if iat > now.saturating_add(self.policy.skew()) => {
                self.break_rule(Rule::IssuedAt, format!("`iat` is {iat}, later than now, {now}"));
            }
            Some(_) => {}
            None => {
                let detail = format!("`iat` is {}, expected a whole number", self.seen("iat"));
                self.break_rule(Rule::IssuedAt, detail);
            }
        }
        let Some(exp) = self.whole("exp") else {
            let detail = format!("`exp` is {}, expected a whole number", self.seen("exp"));
            self.break_rule(Rule::Expiry, detail);
            return None;
        };
        if exp <= now {
            self.break_rule(Rule::Expiry, format!("`exp` is {exp}, and now is {now}: it has expired"));
        }
        if let Some(iat) = issued.filter(|iat| exp > iat.saturating_add(YEAR)) {
            let detail =
                format!("`exp` is {} s after `iat`, expected at most {YEAR} s", exp.saturating_sub(iat));
            self.break_rule(Rule::Expiry, detail);
        }
        Some(UnixTime::from_seconds(exp))
    }

    fn jwt_id(&mut self) {
        if self.text("jti").is_none() {
            let detail = format!("`jti` is {}, expected a string with something in it", self.seen("jti"));
            self.break_rule(Rule::JwtId, detail);
        }
    }

    fn endpoints(&mut self) {
        for member in ENDPOINTS {
            let Some(value) = self.claims.get(member) else {
                let unsigned = self.document.members.get(member).and_then(Value::as_str).unwrap_or_default();
                if member != "authorization_endpoint" || !unsigned.trim().is_empty() {
                    self.break_rule(
                        Rule::EndpointSigned,
                        format!("`{member}` is not among the signed values"),
                    );
                }
                continue;
            };
            let Some(text) = value.as_str() else {
                let detail = format!("the signed `{member}` is {}, expected a URL", kind_of(value));
                self.break_rule(Rule::EndpointUrl, detail);
                continue;
            };
            if let Err(error) = self.policy.urls().check_supplied(member, text, &self.document.base) {
                self.break_rule(Rule::EndpointUrl, format!("the signed {error}"));
            }
        }
    }

    /// A string claim that is not blank.
    fn text(&self, claim: &str) -> Option<&'a str> {
        self.claims.get(claim).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    fn whole(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim).and_then(Value::as_i64)
    }

    /// A claim as a message may show it.
    fn seen(&self, claim: &str) -> String {
        match self.claims.get(claim) {
            None => "missing".to_owned(),
            Some(Value::String(text)) => format!("{:?}", printable(text)),
            Some(Value::Number(number)) => number.to_string(),
            Some(other) => kind_of(other).to_owned(),
        }
    }
}

/// Exactly equal, or equal but for the slash after the host of an https URL without a path.
fn uri_match(one: &str, other: &str) -> Option<UriMatch> {
    if one == other {
        return Some(UriMatch::Exact);
    }
    let is_root = |short: &str, long: &str| {
        let authority = short.strip_prefix("https://").unwrap_or_default();
        !authority.is_empty() && !authority.contains(['/', '?', '#']) && long.strip_suffix('/') == Some(short)
    };
    (is_root(one, other) || is_root(other, one)).then_some(UriMatch::RootSlash)
}

fn named(names: &[UriName], others: &[String]) -> String {
    let uris: Vec<String> = names.iter().take(4).map(ToString::to_string).collect();
    match (uris.is_empty(), others.is_empty()) {
        (false, _) => format!("it names {}", uris.join(", ")),
        (true, false) => "it has names of other kinds only, and UDAP wants a URI name".to_owned(),
        (true, true) => "it has no name at all".to_owned(),
    }
}
