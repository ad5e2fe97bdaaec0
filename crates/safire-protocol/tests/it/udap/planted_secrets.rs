//! No statement, no key and nothing of a person in errors or `Debug`.

use safire_protocol::credentials::Credentials;
use safire_protocol::identifier::ClientId;
use safire_protocol::udap::Certifications;

use super::BASE;
use super::identity;
use super::lifecycle::client_metadata;
use super::lifecycle::statement;
use super::lifecycle::step_with;
use super::metadata as server;
use super::world::CLIENT;
use super::world::World;

#[test]
fn tc_017_tc_138_debug_shows_neither_statement_nor_key_nor_certification() {
    let world = World::new(BASE);
    let found = server(&world);
    let certifications = Certifications::of(["cGxhbnRlZA.cGxhbnRlZA.cGxhbnRlZA"]).unwrap();
    let step = step_with(&world, &found, client_metadata(), certifications).unwrap();
    let statement = statement(&world, &step, "j");
    let identity = identity(&world, CLIENT, &world.client_key);
    let extensions = safire_protocol::credentials::AuthorizationExtensions::new();
    let profile = identity.credentials(ClientId::parse("abc").unwrap(), &found, None, extensions).unwrap();
    let credentials = Credentials::UdapCertificate(Box::new(profile));
    let shown = format!("{step:?} {statement:?} {identity:?} {credentials:?}");
    let signature = statement.expose_secret().rsplit('.').next().unwrap().to_owned();
    let pem = world.client_key.to_pem();
    let secret = pem.lines().nth(2).unwrap();
    for planted in ["cGxhbnRlZA", signature.as_str(), secret] {
        assert!(!shown.contains(planted), "{planted} in {shown}");
    }
}
