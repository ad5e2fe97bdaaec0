//! The rules of UDAP Security 2.0 §3.1, in the order in which they are told.

use serde_json::Map;
use serde_json::Value;
use url::Url;

use super::client_metadata::Operation;
use super::client_metadata_error::UdapClientMetadataError as Broken;
use crate::url::UrlPolicy;

const RESERVED: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "iat",
    "exp",
    "nbf",
    "jti",
    "client_id",
    "software_statement",
    "certifications",
    "udap",
    "response_types",
    "token_endpoint_auth_method",
];
/// The canonical order.
const GRANTS: [&str; 3] = ["authorization_code", "client_credentials", "refresh_token"];
const PICTURES: [&str; 4] = [".png", ".jpg", ".jpeg", ".gif"];

pub(super) struct Rules<'a> {
    members: Map<String, Value>,
    operation: Operation,
    policy: &'a UrlPolicy,
    pub(super) loopback: Vec<&'static str>,
}

impl<'a> Rules<'a> {
    pub(super) const fn new(
        members: Map<String, Value>,
        operation: Operation,
        policy: &'a UrlPolicy,
    ) -> Self {
        Self { members, operation, policy, loopback: Vec::new() }
    }

    /// The claims, or the first rule that is broken.
    pub(super) fn check(&mut self) -> Result<Map<String, Value>, Broken> {
        if let Some(name) = RESERVED.into_iter().find(|name| self.members.contains_key(*name)) {
            return Err(Broken::new(name, "is set by the statement itself and must not be given"));
        }
        self.present()?;
        self.client_name()?;
        self.contacts()?;
        self.scope()?;
        let grants = match self.operation {
            Operation::Register => self.grants()?,
            Operation::Cancel => self.no_grants()?,
        };
        let with_code = grants.contains(&"authorization_code");
        match (self.operation, with_code) {
            (Operation::Register, true) => {
                self.redirect_uris()?;
                self.logo()?;
            }
            (Operation::Register, false) => self.nothing_of_a_browser()?,
            (Operation::Cancel, _) => {
                self.members.shift_remove("redirect_uris");
                self.members.shift_remove("logo_uri");
            }
        }
        let mut claims = std::mem::take(&mut self.members);
        claims.insert("grant_types".to_owned(), Value::from(grants));
        if with_code {
            claims.insert("response_types".to_owned(), Value::from(vec!["code"]));
        }
        claims.insert("token_endpoint_auth_method".to_owned(), Value::from("private_key_jwt"));
        Ok(claims)
    }

    fn present(&self) -> Result<(), Broken> {
        let grants = (self.operation == Operation::Register).then_some("grant_types");
        let mut needed = ["client_name", "contacts", "scope"].into_iter().chain(grants);
        match needed.find(|name| self.members.get(*name).is_none_or(Value::is_null)) {
            Some(name) => Err(Broken::new(name, "is missing")),
            None => Ok(()),
        }
    }

    fn client_name(&self) -> Result<(), Broken> {
        match self.members.get("client_name").and_then(Value::as_str) {
            Some(name) if !name.trim().is_empty() => Ok(()),
            _ => Err(Broken::new("client_name", "must be a string with something in it")),
        }
    }

    fn strings(&self, member: &str) -> Result<Vec<&str>, Broken> {
        let wrong = || Broken::new(member, "must be an array of strings with something in it");
        let items = self.members.get(member).and_then(Value::as_array).ok_or_else(wrong)?;
        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        texts.filter(|texts| !texts.is_empty()).ok_or_else(wrong)
    }

    fn contacts(&self) -> Result<(), Broken> {
        const MEMBER: &str = "contacts";
        let mut has_mail = false;
        for contact in self.strings(MEMBER)? {
            let (scheme, rest) =
                split_scheme(contact).filter(|(_, rest)| !rest.is_empty()).ok_or_else(|| {
                    Broken::new(MEMBER, "must hold absolute URIs, such as `mailto:ops@example.com`")
                })?;
            if scheme.eq_ignore_ascii_case("mailto") {
                if !has_mail_address(rest) {
                    return Err(Broken::new(MEMBER, "has a `mailto:` URI without a valid address"));
                }
                has_mail = true;
            } else if ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
                && !Url::parse(contact)
                    .is_ok_and(|url| url.has_host() && rest.starts_with("//") && !rest.starts_with("///"))
            {
                return Err(Broken::new(MEMBER, "has a web address without a host"));
            }
        }
        if has_mail { Ok(()) } else { Err(Broken::new(MEMBER, "must hold at least one `mailto:` URI")) }
    }

    fn scope(&self) -> Result<(), Broken> {
        let wrong = || Broken::new("scope", "must be scopes with one space between two (RFC 6749 §3.3)");
        let text = self.members.get("scope").and_then(Value::as_str).ok_or_else(wrong)?;
        let is_token = |token: &str| {
            let allowed = |byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            !token.is_empty() && token.bytes().all(allowed)
        };
        if text.split(' ').all(is_token) { Ok(()) } else { Err(wrong()) }
    }

    fn grants(&self) -> Result<Vec<&'static str>, Broken> {
        const MEMBER: &str = "grant_types";
        let wrong = |reason| Err(Broken::new(MEMBER, reason));
        let Some(items) = self.members.get(MEMBER).and_then(Value::as_array) else {
            return wrong("must be an array of strings");
        };
        let Some(asked) = items.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() else {
            return wrong("must be an array of strings");
        };
        if !asked.iter().all(|grant| GRANTS.contains(grant)) {
            return wrong(
                "has a grant other than `authorization_code`, `client_credentials` and `refresh_token`",
            );
        }
        if asked
            .iter()
            .enumerate()
            .any(|(index, grant)| asked.iter().skip(index + 1).any(|other| other == grant))
        {
            return wrong("has a grant twice");
        }
        let has = |grant: &str| asked.contains(&grant);
        if has("authorization_code") == has("client_credentials") {
            return wrong("must have exactly one of `authorization_code` and `client_credentials`");
        }
        if has("refresh_token") && !has("authorization_code") {
            return wrong("may have `refresh_token` only with `authorization_code`");
        }
        Ok(GRANTS.into_iter().filter(|grant| has(grant)).collect())
    }

    fn no_grants(&self) -> Result<Vec<&'static str>, Broken> {
        if self.members.contains_key("grant_types") {
            return Err(Broken::new("grant_types", "must not be given to a cancellation, which sends none"));
        }
        Ok(Vec::new())
    }

    fn redirect_uris(&mut self) -> Result<(), Broken> {
        const MEMBER: &str = "redirect_uris";
        if self.members.get(MEMBER).is_none_or(Value::is_null) {
            return Err(Broken::new(MEMBER, "is missing, and `authorization_code` needs it"));
        }
        let mut on_loopback = false;
        for uri in self.strings(MEMBER)? {
            let url = self.policy.check_given(MEMBER, uri).map_err(|_| {
                Broken::new(MEMBER, "must hold https URLs; http only on loopback, where that is allowed")
            })?;
            if url.fragment().is_some() {
                return Err(Broken::new(MEMBER, "has a fragment, which RFC 6749 §3.1.2 forbids"));
            }
            on_loopback |= url.scheme() == "http";
        }
        if on_loopback {
            self.loopback.push(MEMBER);
        }
        Ok(())
    }

    fn logo(&mut self) -> Result<(), Broken> {
        const MEMBER: &str = "logo_uri";
        let Some(text) = self.members.get(MEMBER).and_then(Value::as_str) else {
            return Err(Broken::new(MEMBER, "is missing, and `authorization_code` needs it"));
        };
        let wrong =
            |_| Broken::new(MEMBER, "must be an https URL; http only on loopback, where that is allowed");
        let url = self.policy.check_given(MEMBER, text).map_err(wrong)?;
        let path = url.path().to_ascii_lowercase();
        if !PICTURES.iter().any(|end| path.ends_with(end)) {
            return Err(Broken::new(MEMBER, "must name a PNG, JPG or GIF file"));
        }
        if url.scheme() == "http" {
            self.loopback.push(MEMBER);
        }
        Ok(())
    }

    fn nothing_of_a_browser(&self) -> Result<(), Broken> {
        match ["redirect_uris", "logo_uri"].into_iter().find(|name| self.members.contains_key(*name)) {
            Some(name) => Err(Broken::new(name, "belongs to `authorization_code` alone")),
            None => Ok(()),
        }
    }
}

/// RFC 3986 §3.1.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let clean = !rest.chars().any(|c| c.is_whitespace() || c.is_control());
    (formed && clean).then_some((scheme, rest))
}

/// RFC 6068 §2: addresses with commas between, then a query.
fn has_mail_address(rest: &str) -> bool {
    let addresses = rest.split('?').next().unwrap_or_default();
    addresses.split(',').any(|address| {
        address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
    })
}
