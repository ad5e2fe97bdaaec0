use safire_jose::PrivateKey;

use crate::support;

/// The private numbers as they were written, in every way that Debug could write them.
fn planted(set: &serde_json::Value) -> Vec<String> {
    use base64::Engine;
    let mut needles = Vec::new();
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        if let Some(text) = set["keys"][1][name].as_str() {
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap();
            let start = &bytes[..8];
            needles.push(text[..12].to_owned());
            needles.push(start.iter().map(|byte| format!("{byte:02x}")).collect());
            needles.push(start.iter().map(u8::to_string).collect::<Vec<_>>().join(", "));
        }
    }
    needles
}

#[test]
fn debug_and_errors_never_show_key_material() {
    for name in ["RS384", "ES384"] {
        let path = format!("smart-ig/{name}.private.json");
        let set = support::json(&path);
        let key = PrivateKey::parse(&support::read(&path)).unwrap();
        let mut broken = set.clone();
        broken["keys"][1]["x"] = serde_json::json!("AAAA");
        broken["keys"][1]["e"] = serde_json::json!(3);
        let error = PrivateKey::parse(broken.to_string().as_bytes()).unwrap_err();
        let text = set.to_string();
        let syntax = PrivateKey::parse(&text.as_bytes()[..text.len() - 10]).unwrap_err();
        let public = key.public_jwk();
        let shown = format!(
            "{key:?} {key:#?} {public:?} {:?} {error:?} {error} {syntax:?} {syntax}",
            public.verifying_key().unwrap()
        );
        assert!(shown.contains("[redacted]"));
        assert!(key.to_private_jwk().contains(&planted(&set)[0]), "the needles are the secret");
        for needle in planted(&set) {
            assert!(!shown.contains(&needle), "{needle} in {shown}");
        }
    }
    let p256 = PrivateKey::parse(&support::read("keys/p256.pkcs8.pem")).unwrap();
    assert_eq!(format!("{p256:?}"), format!("PrivateKey(EC P-256, kid {:?}, [redacted])", p256.thumbprint()));
}
