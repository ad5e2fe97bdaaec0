//! The structure that UDAP Security 2.0 §2.2 gives the document: what departs from it is said, not refused.

use serde_json::Map;
use serde_json::Value;

use crate::deviation::Deviation;
use crate::deviation::Severity;
use crate::discovery::Reader;
use crate::discovery::UDAP_METADATA;
use crate::discovery::printable;
use crate::url::FhirBase;

pub(super) const EXTENSIONS: &str = "udap_authorization_extensions_supported";
pub(super) const EXTENSIONS_REQUIRED: &str = "udap_authorization_extensions_required";
pub(super) const CERTIFICATIONS: &str = "udap_certifications_supported";
pub(super) const CERTIFICATIONS_REQUIRED: &str = "udap_certifications_required";
pub(super) const PROFILES: &str = "udap_profiles_supported";
pub(super) const REGISTRATION_ALGORITHMS: &str = "registration_endpoint_jwt_signing_alg_values_supported";
pub(super) const TOKEN_ALGORITHMS: &str = "token_endpoint_auth_signing_alg_values_supported";
pub(super) const SIGNED: &str = "signed_metadata";
const VERSIONS: &str = "udap_versions_supported";
const GRANTS: &str = "grant_types_supported";
const SCOPES: &str = "scopes_supported";
const METHODS: &str = "token_endpoint_auth_methods_supported";

const REQUIRED: [&str; 12] = [
    VERSIONS,
    PROFILES,
    EXTENSIONS,
    CERTIFICATIONS,
    GRANTS,
    SCOPES,
    "token_endpoint",
    METHODS,
    TOKEN_ALGORITHMS,
    "registration_endpoint",
    REGISTRATION_ALGORITHMS,
    SIGNED,
];

const ARRAYS: [&str; 11] = [
    VERSIONS,
    PROFILES,
    EXTENSIONS,
    EXTENSIONS_REQUIRED,
    CERTIFICATIONS,
    CERTIFICATIONS_REQUIRED,
    GRANTS,
    SCOPES,
    METHODS,
    TOKEN_ALGORITHMS,
    REGISTRATION_ALGORITHMS,
];

/// What departs from the guide in a document as it was sent.
pub(super) fn judge(members: &Map<String, Value>, base: &FhirBase) -> Vec<Deviation> {
    let mut rules = Rules { reader: Reader::new(members, base, UDAP_METADATA, Vec::new()) };
    rules.required_and_kinds();
    // What follows would only repeat that a member is missing or of another kind.
    if rules.reader.deviations.is_empty() {
        rules.fixed_values();
        rules.not_empty();
        rules.endpoints();
        rules.signed_form();
        rules.grants();
        rules.subset(EXTENSIONS, EXTENSIONS_REQUIRED);
        rules.subset(CERTIFICATIONS, CERTIFICATIONS_REQUIRED);
        rules.recommended();
    }
    rules.reader.deviations
}

/// The strings of an array member; none where it is of another kind, which is noted elsewhere.
pub(super) fn list<'a>(members: &'a Map<String, Value>, member: &str) -> Vec<&'a str> {
    let items = members.get(member).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

struct Rules<'a> {
    reader: Reader<'a>,
}

impl Rules<'_> {
    fn list(&self, member: &str) -> Vec<&str> {
        list(self.reader.members, member)
    }

    fn lists(&self, member: &str, value: &str) -> bool {
        self.list(member).contains(&value)
    }

    fn required_and_kinds(&mut self) {
        for member in REQUIRED {
            if self.reader.members.get(member).is_none_or(Value::is_null) {
                let severity = if matches!(member, "token_endpoint" | SIGNED) {
                    Severity::Error
                } else {
                    Severity::Warning
                };
                self.reader.note("missing-required-member", severity, member, "a required member is missing");
            }
        }
        for member in ARRAYS {
            match self.reader.members.get(member) {
                None | Some(Value::Null) => {}
                Some(Value::Array(items)) if items.iter().all(Value::is_string) => {}
                Some(_) => {
                    let _ = self.reader.texts(member);
                }
            }
        }
    }

    fn fixed_values(&mut self) {
        let versions = self.list(VERSIONS);
        if versions != ["1"] {
            let detail = format!("{}, not [\"1\"]", shown(&versions));
            self.reader.note("udap-version", Severity::Warning, VERSIONS, detail);
        }
        for profile in ["udap_dcr", "udap_authn"] {
            self.profile(profile, "which every server has to support");
        }
        let methods = self.list(METHODS);
        if methods != ["private_key_jwt"] {
            let detail = format!("{}, not [\"private_key_jwt\"]", shown(&methods));
            self.reader.note("udap-auth-method", Severity::Warning, METHODS, detail);
        }
    }

    fn profile(&mut self, profile: &str, because: &str) {
        if !self.lists(PROFILES, profile) {
            self.reader.note(
                "udap-profile-missing",
                Severity::Warning,
                PROFILES,
                format!("`{profile}` is not listed, {because}"),
            );
        }
    }

    fn not_empty(&mut self) {
        for member in [SCOPES, GRANTS, TOKEN_ALGORITHMS, REGISTRATION_ALGORITHMS] {
            if self.list(member).is_empty() {
                let detail = "an empty array, which means that nothing of it is supported";
                self.reader.note("udap-nothing-supported", Severity::Warning, member, detail);
            }
        }
    }

    fn endpoints(&mut self) {
        for member in ["token_endpoint", "registration_endpoint", "authorization_endpoint"] {
            let absent = self.reader.endpoint(member).is_none();
            if absent && self.reader.members.get(member).is_some_and(|value| !value.is_null()) {
                let detail = "not an absolute URL with a host; it is refused when it is used";
                self.reader.note("endpoint-malformed", Severity::Error, member, detail);
            }
        }
    }

    fn signed_form(&mut self) {
        let text = self.reader.members.get(SIGNED).and_then(Value::as_str).unwrap_or_default();
        if !is_compact_jws(text) {
            let detail = "not a compact JWS: three parts of base64url with dots between";
            self.reader.note("udap-signed-metadata-form", Severity::Error, SIGNED, detail);
        }
    }

    fn grants(&mut self) {
        let has_endpoint = self.reader.members.get("authorization_endpoint").is_some_and(Value::is_string);
        if self.lists(GRANTS, "authorization_code") && !has_endpoint {
            let detail = "missing, although required by the grant `authorization_code`";
            self.reader.note(
                "missing-conditional-member",
                Severity::Warning,
                "authorization_endpoint",
                detail,
            );
        }
        if self.lists(GRANTS, "client_credentials") {
            self.profile("udap_authz", "although the grant `client_credentials` is");
        }
        if self.lists(GRANTS, "refresh_token") && !self.lists(GRANTS, "authorization_code") {
            let detail = "`refresh_token` without `authorization_code`";
            self.reader.note("udap-refresh-without-code", Severity::Warning, GRANTS, detail);
        }
    }

    /// What is required has to be among what is supported, and to be said where anything is.
    fn subset(&mut self, supported: &'static str, required: &'static str) {
        if self.list(supported).is_empty() {
            return;
        }
        if self.reader.members.get(required).is_none_or(Value::is_null) {
            let detail = format!("missing, although `{supported}` is not empty");
            self.reader.note("missing-conditional-member", Severity::Warning, required, detail);
        }
        let known = self.list(supported);
        let unknown = self.list(required).into_iter().find(|name| !known.contains(name)).map(printable);
        if let Some(name) = unknown {
            let detail = format!("{name:?} is required and not in `{supported}`");
            self.reader.note("udap-required-not-supported", Severity::Warning, required, detail);
        }
    }

    /// Not among the rules of structure, and still said by the guide.
    fn recommended(&mut self) {
        for member in [REGISTRATION_ALGORITHMS, TOKEN_ALGORITHMS] {
            if !self.lists(member, "RS256") {
                let detail = "`RS256` is not listed, which every implementation has to support";
                self.reader.push(
                    "udap-rs256-missing",
                    Severity::Warning,
                    "UDAP Security 2.0 §7.1.2",
                    member,
                    detail,
                );
            }
        }
        if self.lists(GRANTS, "client_credentials") && !self.lists(EXTENSIONS, "hl7-b2b") {
            let detail = "`hl7-b2b` is not listed, although the grant `client_credentials` is";
            self.reader.push(
                "udap-b2b-missing",
                Severity::Warning,
                "UDAP Security 2.0 §5.2.1.1",
                EXTENSIONS,
                detail,
            );
        }
    }
}

/// Whether a text has the form of a compact JWS; what is in it does not matter here.
pub(super) fn is_compact_jws(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.split('.').count() == 3 && text.split('.').all(is_part)
}

fn shown(values: &[&str]) -> String {
    let few: Vec<String> = values.iter().take(4).map(|value| printable(value)).collect();
    format!("{few:?}")
}
