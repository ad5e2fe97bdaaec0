//! `safire udap discover`.

use safire::Error;
use safire::protocol::time::UnixTime;
use safire::protocol::udap::CommunityUri;
use safire::protocol::udap::UdapMetadata;
use safire::protocol::url::FhirBase;
use serde_json::Value;
use serde_json::json;

use crate::args::UdapDiscoverArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::date_time;
use crate::output::deviation_lines;
use crate::output::path_json;
use crate::output::path_tree;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::plan::Trust;
use crate::session::Session;

/// Shows what a server offers the community, once its word is trusted.
pub(super) async fn discover(session: &Session, args: &UdapDiscoverArgs) -> Result<(), Failure> {
    let connection = session.connection(Answers::Protocol)?;
    let trust = Trust::plan(&args.trust, &connection, session.output)?;
    let udap = connection.server(&args.base).build_udap(trust.trust).map_err(Error::from)?;
    let metadata = with_progress(session.output, "asking the server", udap.metadata()).await?;
    let base = udap.server().base();
    session.output.data(&to_json(&metadata, base), || for_people(&metadata, base))
}

/// The members of `discover`, those of UDAP, and the path to the anchor.
fn to_json(metadata: &UdapMetadata, base: &FhirBase) -> Value {
    let mut json = metadata.profile.to_json(base);
    let Some(members) = json.as_object_mut() else { return json };
    for (name, value) in [
        ("community", json!(metadata.community.as_ref().map(CommunityUri::as_str))),
        ("signed", json!(true)),
        ("signer", json!(metadata.issuer)),
        ("signed_until", json!(metadata.expires_at.as_seconds())),
        ("udap_profiles_supported", json!(metadata.profiles)),
        ("udap_authorization_extensions_supported", json!(metadata.extensions)),
        ("udap_authorization_extensions_required", json!(metadata.extensions_required)),
        ("udap_certifications_supported", json!(metadata.certifications)),
        ("udap_certifications_required", json!(metadata.certifications_required)),
        ("registration_endpoint_jwt_signing_alg_values_supported", json!(metadata.registration_algorithms)),
    ] {
        members.insert(name.to_owned(), value);
    }
    if let Some(supports) = members.get_mut("supports").and_then(Value::as_object_mut) {
        supports.insert("dynamic_registration".to_owned(), json!(metadata.supports_dynamic_registration()));
        for (name, is) in [
            ("jwt_authentication", metadata.supports_jwt_authentication()),
            ("client_credentials", metadata.supports_client_authorization()),
            ("authorization_code", metadata.supports_authorization_code()),
            ("refresh_token", metadata.supports_refresh()),
            ("tiered_oauth", metadata.supports_tiered_oauth()),
        ] {
            supports.insert(name.to_owned(), json!(is));
        }
    }
    members.extend(path_json(&metadata.trust));
    json
}

fn for_people(metadata: &UdapMetadata, base: &FhirBase) -> String {
    let profile = &metadata.profile;
    let mut sheet = Sheet::new()
        .row("FHIR base", base.as_str())
        .row("told by", profile.source_url.as_str())
        .maybe("community", metadata.community.as_ref().map(CommunityUri::as_str))
        .row("signed as", metadata.issuer.as_str())
        .row("signed until", date_time(UnixTime::from_seconds(metadata.expires_at.as_seconds())));
    for (name, value) in [
        ("registration", &profile.registration_endpoint),
        ("authorization", &profile.authorization_endpoint),
        ("token", &profile.token_endpoint),
    ] {
        sheet = sheet.maybe(name, value.as_deref());
    }
    for (name, list) in [
        ("profiles", metadata.profiles.as_slice()),
        ("grants", profile.grant_types_supported.as_deref().unwrap_or_default()),
        ("extensions", &metadata.extensions),
        ("  required", &metadata.extensions_required),
        ("certifications", &metadata.certifications),
        ("  required", &metadata.certifications_required),
    ] {
        sheet = sheet.maybe(name, (!list.is_empty()).then(|| list.join(", ")));
    }
    let mut text = sheet.to_string();
    text.push_str("\ntrusted by this path:\n");
    text.push_str(&path_tree(&metadata.trust));
    text.push_str(&deviation_lines(&profile.deviations));
    text
}
