//! `safire keys csr`: a PKCS#10 request with URI names, as OpenSSL reads it.

use std::process::Command;

use serde_json::json;

use crate::harness::Home;

#[test]
fn openssl_reads_the_request_and_its_uri_names() {
    let home = Home::new();
    for (algorithm, file) in [("ES384", "ec.pem"), ("RS256", "rsa.pem")] {
        let key = home.key(file, algorithm);
        let out = format!("{file}.csr");
        let name = "https://app.example.org/udap#T-TREAT";
        let told = home.json(&[
            "keys",
            "csr",
            "--key",
            &key,
            "--uri-name",
            name,
            "--common-name",
            "My Backend",
            "--out",
            &out,
        ]);
        assert_eq!((&told["uri_names"], &told["file"]), (&json!([name]), &json!(out)));
        let read = Command::new("openssl")
            .args(["req", "-in"])
            .arg(home.path(&out))
            .args(["-noout", "-verify", "-text"])
            .output();
        let read = read.unwrap();
        let text = String::from_utf8_lossy(&read.stdout);
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        assert!(text.contains(&format!("URI:{name}")) && text.contains("My Backend"), "{text}");
        assert!(text.contains("Digital Signature"), "{text}");
    }
}

#[test]
fn a_request_names_who_it_is_for_and_overwrites_nothing() {
    let home = Home::new();
    let key = home.key("key.pem", "ES256");
    let args = ["keys", "csr", "--key", &key, "--uri-name"];
    let bad = home.run(&[&args as &[&str], &["app.example.org", "--json"]].concat());
    assert_eq!((bad.code, &bad.error()["code"]), (Some(2), &json!("udap-client-uri")));
    let good = [&args as &[&str], &["https://app.example.org/udap", "--out", "a.csr"]].concat();
    assert_eq!(home.run(&good).code, Some(0));
    assert_eq!(home.run(&good).code, Some(2));
    let printed = home.run(&[&args as &[&str], &["https://app.example.org/udap"]].concat());
    assert!(printed.stdout.starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"), "{printed:?}");
}
