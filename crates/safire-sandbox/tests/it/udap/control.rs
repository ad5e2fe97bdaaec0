use safire_jose::PrivateKey;
use safire_sandbox::Sandbox;
use serde_json::json;

use super::world::CLIENT;
use super::world::World;
use crate::support::get;
use crate::support::post_json;

#[tokio::test]
async fn a_program_gets_anchors_and_certificates_and_revokes_them() {
    let world = World::start().await;
    let control = format!("{}/_control/udap", world.sandbox.issuer());
    let communities = get(&control).await.json();
    assert_eq!(communities[0]["uri"], safire_sandbox::DEFAULT_COMMUNITY);
    assert_eq!(communities[0]["anchors"], world.community.anchors_pem());
    let order = json!({"uri": CLIENT, "algorithm": "ES384"});
    let issued = post_json(&format!("{control}/issue"), &order).await.json();
    let key = PrivateKey::parse(issued["key"].as_str().unwrap().as_bytes()).unwrap();
    let chain = safire_pki::Chain::parse(issued["chain"].as_str().unwrap().as_bytes()).unwrap();
    let statement = {
        let header = safire_jose::Header {
            x5c: Some(chain.to_x5c()),
            ..safire_jose::Header::new(safire_jose::Algorithm::Es384)
        };
        move |claims: &serde_json::Value| safire_jose::sign(&key, &header, claims).unwrap()
    };
    assert_eq!(world.submit(&statement(&world.claims())).await.status, 201);
    let revoked = post_json(&format!("{control}/revoke"), &json!({"serial": issued["serial"]})).await;
    assert_eq!(revoked.status, 204);
    let answer = world.submit(&statement(&world.claims())).await;
    super::world::assert_refused(&answer, "unapproved_software_statement", "revoked");
}

#[tokio::test]
async fn what_it_cannot_do_is_said() {
    let sandbox = Sandbox::start().await.unwrap();
    let control = format!("{}/_control/udap", sandbox.issuer());
    for (path, order) in [
        ("issue", json!({})),
        ("issue", json!({"uri": "urn:a", "community": "urn:none"})),
        ("issue", json!({"uri": "urn:a", "algorithm": "none"})),
        ("revoke", json!({"serial": "xyz"})),
        ("revoke", json!({"serial": "abc"})),
    ] {
        let answer = post_json(&format!("{control}/{path}"), &order).await;
        assert_eq!(answer.status, 400, "{path} {order}");
        assert!(!answer.error().is_empty());
    }
}
