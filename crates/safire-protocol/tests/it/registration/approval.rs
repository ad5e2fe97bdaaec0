//! A client that a person has to approve first is known by its answer.

use safire_protocol::registration::ClientMetadata;
use serde_json::json;

use super::accept;
use super::json;

fn awaits(status: u16, body: &serde_json::Value) -> bool {
    accept(&ClientMetadata::new(), &json(status, body)).unwrap().awaits_approval()
}

#[test]
fn openemr_lets_only_public_clients_without_launch_in_at_once() {
    let base = |secret: &str, scope: &str| {
        json!({"client_id": "c1", "client_secret": secret, "client_secret_expires_at": 0,
            "client_role": "users", "application_type": "private", "scope": scope})
    };
    assert!(awaits(200, &base("a-secret", "openid")));
    assert!(awaits(200, &base("", "openid launch/patient")));
    assert!(!awaits(200, &base("", "openid patient/Patient.rs")));
}

#[test]
fn other_servers_say_it_by_202_or_not_at_all() {
    let body = json!({"client_id": "c1", "client_secret": "a-secret", "scope": "launch"});
    assert!(awaits(202, &body));
    assert!(!awaits(201, &body));
    assert!(!awaits(200, &body));
}
