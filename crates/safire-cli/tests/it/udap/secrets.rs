//! Private keys, statements and tokens never show.

use super::world::TREATMENT;
use super::world::World;

#[test]
fn neither_in_output_nor_in_transcripts_nor_in_the_store() {
    let world = World::new();
    let pem = world.member.key().to_pem().to_string();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let (key, lines) = (body.clone(), pem.lines().nth(1).unwrap().to_owned());
    let noise = ["--explain", "-vv"];
    let mut shown = String::new();
    let mut keep = |run: crate::harness::Run| {
        assert_eq!(run.code, Some(0), "{run:?}");
        shown.push_str(&format!("{run:?}"));
    };
    keep(world.home.local(&world.register(&[&TREATMENT as &[&str], &noise].concat())));
    let id = world.home.registrations()[0]["id"].as_str().unwrap().to_owned();
    keep(world.home.local(&["registration", "show", &id]));
    keep(world.home.local(&[&["udap", "modify", &id, "--client-name", "Acme"] as &[&str], &noise].concat()));
    let token = world.home.local(&[&["udap", "token", &id] as &[&str], &noise].concat());
    let (stderr, code) = (token.stderr.clone(), token.code);
    assert_eq!(code, Some(0), "{token:?}");
    keep(world.home.local(&[&["udap", "cancel", &id] as &[&str], &noise].concat()));
    shown.push_str(&stderr);
    assert!(shown.contains("→ POST") && shown.contains("[redacted]"), "{shown}");
    for secret in [&key, &lines] {
        assert!(!shown.contains(secret.as_str()), "a private key shows");
    }
    // A software statement is no secret: it has been used, and a server tells it back.
    let requests = world.live.sandbox.requests();
    let bodies = requests.iter().filter(|request| request.path == "/token").map(|request| &request.body);
    let assertions: Vec<&str> =
        bodies.flat_map(|body| body.split(['&', '='])).filter(|part| part.starts_with("eyJ")).collect();
    assert_eq!(assertions.len(), 1);
    let signature = assertions[0].rsplit('.').next().unwrap();
    assert!(!shown.contains(signature), "the signature of an authentication token shows");
    let access_token = token.stdout.split_ascii_whitespace().nth(2).unwrap();
    assert!(access_token.len() > 20 && !shown.contains(access_token), "{access_token} shows");
    for (path, bytes) in world.home.files() {
        let is_own = path.ends_with("client.key.pem");
        let text = String::from_utf8_lossy(&bytes);
        assert!(is_own || !text.contains(lines.as_str()), "{} holds the key in clear", path.display());
    }
}
