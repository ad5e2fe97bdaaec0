//! Whose software a server seems to be.

use safire_protocol::server_profile::ServerProfile;
use safire_protocol::url::FhirBase;
use url::Url;

/// What tells a vendor: a piece of the host, or a piece of the path, of the base or of an endpoint.
struct Sign {
    vendor: &'static str,
    hosts: &'static [&'static str],
    paths: &'static [&'static str],
}

const SIGNS: [Sign; 24] = [
    sign(
        "epic",
        &["epic.com", "epichosted.com", "mychart."],
        &["/api/fhir/", "/interconnect", "/oauth2/authorize-epic"],
    ),
    sign("oracle-health", &["cerner.com", "cernercentral.com", "oraclehealth", "cerner."], &["/tenants/"]),
    sign("eclinicalworks", &["eclinicalworks", "ecwcloud.com", "healow.com"], &[]),
    sign("athenahealth", &["athenahealth.com", "athena.okta.com", "athenanet"], &[]),
    sign("meditech", &["meditech", "mthc."], &["/v1/uscore/"]),
    sign("veradigm", &["veradigm", "allscripts"], &[]),
    sign("nextgen", &["nextgen.com", "nextgenhealthcare"], &[]),
    sign("advancedmd", &["advancedmd"], &[]),
    sign("canvas", &["canvasmedical"], &[]),
    sign("modmed", &["modmed", "mmi.prod", "ema-api"], &[]),
    sign("drchrono", &["drchrono"], &[]),
    sign("practice-fusion", &["practicefusion"], &[]),
    sign("elevance", &["anthem.com", "elevancehealth", "totalview"], &[]),
    sign("aetna", &["aetna.com"], &[]),
    sign("health-gorilla", &["healthgorilla"], &[]),
    sign("b.well", &["icanbwell", "bwell."], &[]),
    sign("flexpa", &["flexpa"], &[]),
    sign("1uphealth", &["1up.health", "1uphealth"], &[]),
    sign("medplum", &["medplum"], &[]),
    sign("aidbox", &["aidbox"], &[]),
    sign("openemr", &["openemr"], &["/oauth2/default/", "/apis/default/"]),
    sign("smile-cdr", &["smilecdr"], &[]),
    sign("keycloak", &[], &["/protocol/openid-connect/", "/realms/"]),
    sign("okta", &["okta.com", "oktapreview.com"], &[]),
];

const fn sign(vendor: &'static str, hosts: &'static [&'static str], paths: &'static [&'static str]) -> Sign {
    Sign { vendor, hosts, paths }
}

/// A guess at the vendor by what its URLs look like; `None` when nothing tells. It decides nothing: it sorts a summary.
#[must_use]
pub fn vendor(base: &FhirBase, profile: Option<&ServerProfile>) -> Option<&'static str> {
    let base = base.as_url();
    by_host(base).or_else(|| by_path(base)).or_else(|| {
        let profile = profile?;
        let urls = [&profile.issuer, &profile.token_endpoint, &profile.authorization_endpoint];
        let mut urls = urls.into_iter().filter_map(|url| Url::parse(url.as_deref()?).ok());
        urls.find_map(|url| {
            // A host that told nothing tells nothing again, and most servers have only one.
            let elsewhere = (url.host_str() != base.host_str()).then_some(&url);
            elsewhere.and_then(by_host).or_else(|| by_path(&url))
        })
    })
}

fn by_host(url: &Url) -> Option<&'static str> {
    let host = url.host_str().unwrap_or_default();
    SIGNS.iter().find(|sign| sign.hosts.iter().any(|piece| host.contains(piece))).map(|sign| sign.vendor)
}

fn by_path(url: &Url) -> Option<&'static str> {
    let path = url.path().to_ascii_lowercase();
    SIGNS.iter().find(|sign| sign.paths.iter().any(|piece| path.contains(piece))).map(|sign| sign.vendor)
}
