//! `safire discover`.

use safire::Error;
use safire::protocol::server_profile::ServerProfile;

use crate::args::DiscoverArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::deviation_lines;
use crate::output::with_progress;
use crate::plan::Answers;
use crate::session::Session;

/// Shows what a server offers.
pub(crate) async fn discover(session: &Session, args: &DiscoverArgs) -> Result<(), Failure> {
    let server = session.connection(Answers::Protocol)?.server(&args.base).build().map_err(Error::from)?;
    let profile = with_progress(session.output, "asking the server", server.metadata()).await?;
    session.output.data(&profile.to_json(server.base()), || for_people(server.base().as_str(), &profile))
}

fn for_people(base: &str, profile: &ServerProfile) -> String {
    let mut sheet = Sheet::new().row("FHIR base", base).row("told by", profile.source_url.as_str());
    for (name, value) in [
        ("issuer", &profile.issuer),
        ("authorization", &profile.authorization_endpoint),
        ("token", &profile.token_endpoint),
        ("registration", &profile.registration_endpoint),
        ("management", &profile.management_endpoint),
        ("introspection", &profile.introspection_endpoint),
        ("revocation", &profile.revocation_endpoint),
        ("keys", &profile.jwks_uri),
    ] {
        sheet = sheet.maybe(name, value.as_deref());
    }
    let supported = supported(profile);
    let text = if supported.is_empty() { "nothing that it names".to_owned() } else { supported.join(", ") };
    let mut text = sheet.row("supports", text).to_string();
    text.push_str(&deviation_lines(&profile.deviations));
    text
}

fn supported(profile: &ServerProfile) -> Vec<&'static str> {
    [
        ("dynamic registration", profile.supports_dynamic_registration()),
        ("public clients", profile.supports_public()),
        ("secrets", profile.supports_confidential_symmetric()),
        ("keys", profile.supports_confidential_asymmetric()),
        ("backend services", profile.supports_backend_services()),
        ("EHR launch", profile.supports_ehr_launch()),
        ("standalone launch", profile.supports_standalone_launch()),
        ("OpenID Connect", profile.supports_openid_connect()),
        ("authorization by POST", profile.supports_authorize_post()),
    ]
    .into_iter()
    .filter_map(|(name, supported)| supported.then_some(name))
    .collect()
}
