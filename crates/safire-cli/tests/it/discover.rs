//! `safire discover`.

use serde_json::Value;

use crate::harness::Home;
use crate::harness::LiveSandbox;

#[test]
fn the_json_has_the_members_of_the_contract() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let found = home.json(&["discover", &live.base()]);
    for name in [
        "base_url",
        "protocol",
        "source",
        "source_url",
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "registration_endpoint",
        "management_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "jwks_uri",
        "capabilities",
        "grant_types_supported",
        "token_endpoint_auth_methods_supported",
        "scopes_supported",
        "code_challenge_methods_supported",
        "supports",
        "deviations",
        "raw",
    ] {
        assert!(found.get(name).is_some(), "{name}");
    }
    assert_eq!(found["source"], "smart-configuration");
    assert_eq!(found["base_url"], live.base());
    assert_eq!(found["deviations"], Value::Array(Vec::new()));
    let supports: Vec<_> = found["supports"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        supports,
        [
            "dynamic_registration",
            "public",
            "confidential_symmetric",
            "confidential_asymmetric",
            "backend_services",
            "ehr_launch",
            "standalone_launch",
            "openid_connect",
            "authorize_post"
        ]
    );
    assert!(home.files().is_empty(), "discovery touches no store");
}

#[test]
fn people_see_endpoints_and_what_is_supported() {
    let live = LiveSandbox::start();
    let run = Home::new().local(&["discover", &live.base()]);
    assert_eq!(run.code, Some(0));
    insta::with_settings!({filters => vec![(r"127\.0\.0\.1:\d{5}", "127.0.0.1:[PORT]")]}, {
        insta::assert_snapshot!("discover", run.stdout);
    });
}

#[test]
fn http_on_loopback_is_an_opt_in_by_option_or_environment() {
    let live = LiveSandbox::start();
    let home = Home::new();
    let base = live.base();
    let refused = home.run(&["discover", &base, "--json"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.error()["hint"].as_str().unwrap().contains("--allow-insecure-localhost"));
    assert!(live.sandbox.requests().is_empty());
    assert_eq!(home.run(&["discover", &base, "--allow-insecure-localhost"]).code, Some(0));
    assert_eq!(home.local(&["discover", &base]).code, Some(0));
}

#[test]
fn explain_tells_the_exchange_on_stderr() {
    let live = LiveSandbox::start();
    let run = Home::new().local(&["discover", &live.base(), "--explain", "--json"]);
    run.json();
    assert!(run.stderr.contains("→ GET http://127.0.0.1"), "{}", run.stderr);
    assert!(run.stderr.contains("← 200 after"), "{}", run.stderr);
}

#[test]
fn over_tls_with_a_ca_of_its_own() {
    let live = LiveSandbox::with(|builder| builder.tls());
    let home = Home::new();
    let ca = home.file("ca.pem", live.sandbox.ca_pem().unwrap());
    for option in ["--ca-file", "--extra-ca"] {
        let run = home.run(&["discover", &live.base(), option, &ca, "--json"]);
        assert_eq!(run.json()["source"], "smart-configuration");
    }
    let junk = home.file("junk.pem", "no certificate");
    for (option, file) in
        [("--ca-file", junk.as_str()), ("--extra-ca", junk.as_str()), ("--ca-file", "absent.pem")]
    {
        let run = home.run(&["discover", &live.base(), option, file, "--json"]);
        assert_eq!(run.code, Some(2));
        assert!(run.error()["message"].as_str().unwrap().contains(file), "{run:?}");
    }
}

#[test]
fn pinned_hosts_refuse_others() {
    let live = LiveSandbox::start();
    let home = Home::new();
    // Discovery itself is at the base's own host.
    assert_eq!(home.local(&["discover", &live.base(), "--auth-host", "auth.example.com"]).code, Some(0));
    for wrong in ["https://auth.example.com", "auth.example.com:443", "a b"] {
        assert_eq!(home.local(&["discover", &live.base(), "--auth-host", wrong]).code, Some(2), "{wrong}");
    }
}

#[test]
fn a_timeout_is_a_span_of_time() {
    let home = Home::new();
    for wrong in ["0", "soon", "-1s"] {
        let run =
            home.run(&["discover", "https://fhir.example.com", &format!("--timeout={wrong}"), "--json"]);
        assert_eq!(run.code, Some(2));
        assert_eq!(run.error()["code"], "usage");
    }
}
