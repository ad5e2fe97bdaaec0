//! Each failure at each stage where it can occur: the exit code, a message with cause and next step, and what
//! becomes of the store.

use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::script::Reply;
use crate::script::Script;
use crate::script::document;
use crate::script::json as reply;

/// Where something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Discovery,
    Registration,
    Token,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Discovery, Self::Registration, Self::Token];

    const fn code(self) -> i32 {
        match self {
            Self::Discovery => 3,
            Self::Registration => 4,
            Self::Token => 5,
        }
    }

    fn is_at(self, path: &str) -> bool {
        match self {
            Self::Discovery => path.contains("well-known") || path.ends_with("/metadata"),
            Self::Registration => path == "/register",
            Self::Token => path == "/token",
        }
    }
}

/// A client that is in the store before: a failure must not touch it.
const OTHER: &str = "https://other.example.com/r4";

struct Try {
    home: Home,
    run: Run,
    before: Vec<Value>,
}

/// Tries `stage` at the server; `more` are further arguments.
fn attempt(stage: Stage, base: &str, more: &[&str]) -> Try {
    let home = Home::new();
    home.file("secret", "s");
    home.json(&["registration", "add", OTHER, "--client-id", "other", "--secret-file", "secret"]);
    if stage == Stage::Token {
        // Where the endpoint is given, the base need not be one that can be reached.
        home.json(&["registration", "add", base, "--client-id", "c", "--secret-file", "secret"]);
    }
    let before = whole(&home);
    let files = home.digests();
    let redirect = ["--redirect-uri", "https://app.example.com/cb"];
    let args = match stage {
        Stage::Discovery | Stage::Registration => [&["register", base], &redirect as &[&str], more].concat(),
        Stage::Token => [&["token", base], more].concat(),
    };
    let run = home.local(&[&args as &[&str], &["--json"]].concat());
    if stage != Stage::Registration {
        assert_eq!(home.digests(), files, "{stage:?}: the store stays byte for byte: {run:?}");
    }
    Try { home, run, before }
}

/// Every record whole.
fn whole(home: &Home) -> Vec<Value> {
    let ids = home.registrations();
    ids.iter()
        .map(|record| home.json(&["registration", "show", record["id"].as_str().unwrap(), "--show-secrets"]))
        .collect()
}

impl Try {
    /// The code, cause and next step are there, and one record more at most.
    fn ends(&self, name: &str, stage: Stage, code: i32, state: &str) -> Value {
        assert_eq!(self.run.code, Some(code), "{name} at {stage:?}: {:?}", self.run);
        let error = self.run.error();
        assert!(
            error["message"].as_str().is_some_and(|text| text.len() > 10),
            "{name} at {stage:?}: {error}"
        );
        assert!(error["hint"].as_str().is_some_and(|text| text.len() > 10), "{name} at {stage:?}: {error}");
        let after = whole(&self.home);
        let was_there = |record: &Value| self.before.iter().any(|before| before["id"] == record["id"]);
        let (old, new): (Vec<Value>, Vec<Value>) = after.into_iter().partition(was_there);
        assert_eq!(old, self.before, "{name} at {stage:?}: no other record changes");
        if stage == Stage::Registration {
            let states: Vec<_> = new.iter().map(|record| record["state"].as_str().unwrap()).collect();
            assert_eq!(states, [state], "{name} at {stage:?}");
            assert_eq!(error["id"], new[0]["id"], "{name} at {stage:?}");
        } else {
            assert!(new.is_empty(), "{name} at {stage:?}");
        }
        error
    }
}

fn failing(stage: Stage, answer: Reply) -> Script {
    Script::start(
        move |_, path, origin| {
            if stage.is_at(path) { answer.clone() } else { reply(200, document(origin)) }
        },
    )
}

/// The same answer at each stage gives the stage's own code.
fn at_each_stage(name: &str, answer: &Reply, state: &str) -> Vec<Value> {
    Stage::ALL
        .into_iter()
        .map(|stage| {
            let script = failing(stage, answer.clone());
            let error = attempt(stage, &script.base(), &[]).ends(name, stage, stage.code(), state);
            assert_eq!(error["fault"], "server", "{name} at {stage:?}: {error}");
            error
        })
        .collect()
}

#[test]
fn not_found() {
    for error in at_each_stage("404", &reply(404, ""), "refused") {
        assert_eq!(error["status"], 404);
    }
}

#[test]
fn unauthorized() {
    for error in at_each_stage("401", &reply(401, r#"{"error":"invalid_token"}"#), "refused") {
        assert_eq!((&error["status"], &error["server_error"]), (&json!(401), &json!("invalid_token")));
    }
}

#[test]
fn forbidden_text_typed_as_json() {
    for error in at_each_stage("403", &reply(403, "Forbidden"), "refused") {
        assert_eq!(error["status"], 403);
        assert!(error["message"].as_str().unwrap().contains("Forbidden"), "{error}");
    }
}

#[test]
fn internal_error_without_a_body() {
    for error in at_each_stage("500", &Reply::Body(500, "", String::new()), "in-doubt") {
        assert_eq!(error["status"], 500);
    }
}

#[test]
fn bad_gateway_with_a_page() {
    let page = Reply::Body(502, "text/html", "<html><title>Bad Gateway</title></html>".to_owned());
    for error in at_each_stage("502", &page, "in-doubt") {
        assert_eq!(error["status"], 502);
    }
}

#[test]
fn a_hundred_megabytes() {
    for error in at_each_stage("huge", &Reply::Huge, "in-doubt") {
        assert_eq!(error["code"], "answer-too-large");
    }
}

#[test]
fn a_body_that_never_ends() {
    for error in at_each_stage("endless", &Reply::Endless, "in-doubt") {
        assert_eq!(error["code"], "answer-too-large");
    }
}

#[test]
fn a_hundred_thousand_nested_arrays() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for error in at_each_stage("deep", &reply(200, deep), "in-doubt") {
        assert!(error["message"].as_str().unwrap().contains("nests deeper"), "{error}");
    }
}

#[test]
fn a_redirect_loop() {
    for stage in Stage::ALL {
        let script = Script::start(move |_, path, origin| {
            if stage.is_at(path) {
                Reply::Redirect(format!("{origin}{path}"))
            } else {
                reply(200, document(origin))
            }
        });
        attempt(stage, &script.base(), &[]).ends("loop", stage, stage.code(), "refused");
        // A POST is never sent again; a GET a few times at most.
        let asked = script.asked().iter().filter(|line| stage.is_at(line.split(' ').nth(1).unwrap())).count();
        assert!(if stage == Stage::Discovery { asked <= 4 } else { asked == 1 }, "{stage:?}: {asked}");
    }
}

#[test]
fn a_redirect_to_http() {
    for stage in Stage::ALL {
        let script = failing(stage, Reply::Redirect("http://elsewhere.example.com/here".to_owned()));
        attempt(stage, &script.base(), &[]).ends("redirect to http", stage, stage.code(), "refused");
    }
}

#[test]
fn no_answer_before_the_body_is_whole() {
    for stage in Stage::ALL {
        let script = failing(stage, Reply::Cut);
        let error = attempt(stage, &script.base(), &[]).ends("cut", stage, 6, "in-doubt");
        assert_eq!(error["fault"], "network");
    }
}

#[test]
fn no_answer_in_time() {
    for stage in Stage::ALL {
        let script = failing(stage, Reply::Silence);
        let error =
            attempt(stage, &script.base(), &["--timeout", "1s"]).ends("silence", stage, 6, "in-doubt");
        assert_eq!((&error["code"], &error["fault"]), (&json!("timeout"), &json!("network")));
    }
}

#[test]
fn no_such_host_or_a_closed_port() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (origin, code) in [("https://nohost.invalid", "name-unknown"), (closed.as_str(), "connect-failed")] {
        for stage in Stage::ALL {
            let endpoint = format!("{origin}/endpoint");
            let more: &[&str] = match stage {
                Stage::Discovery => &[],
                Stage::Registration => &["--registration-endpoint", &endpoint],
                Stage::Token => &["--token-endpoint", &endpoint],
            };
            let error = attempt(stage, &format!("{origin}/fhir"), more).ends(code, stage, 6, "in-doubt");
            assert_eq!((&error["code"], &error["fault"]), (&json!(code), &json!("network")), "{error}");
        }
    }
}

#[test]
fn tls_with_an_unknown_ca() {
    let live = LiveSandbox::with(|builder| builder.tls());
    let (registration, token) = (live.sandbox.registration_endpoint(), live.sandbox.token_endpoint());
    for stage in Stage::ALL {
        let more: &[&str] = match stage {
            Stage::Discovery => &[],
            Stage::Registration => &["--registration-endpoint", &registration],
            Stage::Token => &["--token-endpoint", &token],
        };
        let error = attempt(stage, &live.base(), more).ends("unknown CA", stage, 7, "in-doubt");
        assert_eq!(error["fault"], "trust");
        assert!(error["hint"].as_str().unwrap().contains("--extra-ca"), "{error}");
    }
    assert_eq!(live.sandbox.counts().register, 0);
}
