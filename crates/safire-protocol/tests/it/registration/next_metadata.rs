//! An update begins with what is registered, so that nothing is removed that was not meant.

use safire_protocol::registration::ClientMetadata;
use serde_json::Value;
use serde_json::json;

use super::accept;
use super::json;

#[test]
fn all_members_but_the_servers_own_and_the_empty_ones() {
    let metadata = ClientMetadata::new()
        .client_name("Asked")
        .scope("system/*.rs system/*.cud")
        .software_id("kept-though-not-echoed");
    let body = json!({
        "client_id": "c1", "client_secret": "planted", "client_secret_expires_at": 0,
        "client_id_issued_at": 1, "registration_access_token": "planted", "registration_client_uri": "https://x.example/c1",
        "client_name": "Given", "scope": ["system/*.rs"], "redirect_uris": "https://app.example/cb",
        "grant_types": "authorization_code refresh_token", "response_types": [],
        "token_endpoint_auth_method": ["client_secret_basic"], "logo_uri": null, "tos_uri": "",
        "subject_type": "public", "require_auth_time": false, "contacts": 7,
    });
    let registration = accept(&metadata, &json(201, &body)).unwrap();
    assert_eq!(
        Value::Object(registration.to_metadata().to_json()),
        json!({
            "redirect_uris": ["https://app.example/cb"],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": [],
            "client_name": "Given",
            "scope": "system/*.rs",
            "software_id": "kept-though-not-echoed",
            "subject_type": "public",
            "require_auth_time": false,
        })
    );
}
