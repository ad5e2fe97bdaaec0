//! Each command that opens the store says what is wrong with it, and each that takes an id what is wrong with that.

use std::collections::BTreeSet;

use rusqlite::Connection;
use safire_sandbox::MemberRequest;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::help::COMMANDS;

/// Where a command line holds something of the world it runs in.
const ID: &str = "@id";
const BASE: &str = "@base";
const EXPORT: &str = "@export";
const NEW: &str = "@new";
const LIST: &str = "@list";
const TEMPLATE: &str = "@template";
const ANCHORS: &str = "@anchors";
const CERT: &str = "@cert";
const CERT_KEY: &str = "@cert-key";

/// Those that take the id of a registration.
const BY_ID: [&[&str]; 16] = [
    &["registration", "show", ID],
    &["registration", "read", ID],
    &["registration", "update", ID, "--set", "client_name=\"n\""],
    &["registration", "delete", ID],
    &["registration", "rotate-key", ID],
    &["registration", "forget", ID],
    &["login", ID, "--no-browser"],
    &["token", ID],
    &["introspect", ID],
    &["revoke", ID],
    &["fhir", ID, "GET", "Patient/1"],
    &["store", "history", ID],
    &["udap", "modify", ID, "--scope", "system/*.rs", "--anchors", ANCHORS],
    &["udap", "cancel", ID, "--anchors", ANCHORS],
    &["udap", "token", ID, "--anchors", ANCHORS],
    &["udap", "login", ID, "--no-browser", "--anchors", ANCHORS],
];

/// The others that open the store.
const WITHOUT_ID: [&[&str]; 11] = [
    &["register", BASE, "--client-name", "n", "--redirect-uri", "http://127.0.0.1:8000/callback"],
    &["registrations"],
    &["registrations", "check"],
    &["registration", "add", "https://other.example.com", "--client-id", "other"],
    &["store", "check"],
    &["store", "rotate-key", "--new-key", NEW],
    &["store", "export", NEW],
    &["store", "import", EXPORT],
    &["fleet", "register", LIST, "--template", TEMPLATE],
    &["fleet", "discover", LIST],
    &[
        "udap",
        "register",
        BASE,
        "--anchors",
        ANCHORS,
        "--cert",
        CERT,
        "--key",
        CERT_KEY,
        "--client-name",
        "n",
        "--contact",
        "mailto:ops@example.org",
        "--grant-type",
        "client_credentials",
        "--scope",
        "system/Patient.rs",
    ],
];

/// Those that open no store.
const STORELESS: [&[&str]; 10] = [
    &["discover"],
    &["udap", "discover"],
    &["udap", "trust", "check"],
    &["udap", "community", "new"],
    &["keys", "generate"],
    &["keys", "jwks"],
    &["keys", "thumbprint"],
    &["keys", "csr"],
    &["sandbox"],
    &["demo"],
];

/// Those that only hold other commands.
const GROUPS: [&[&str]; 8] = [
    &[],
    &["registration"],
    &["store"],
    &["fleet"],
    &["udap"],
    &["udap", "trust"],
    &["udap", "community"],
    &["keys"],
];

const KEY: &str = "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=";
const HAND: &str = "https://fhir.example.com";
const TWICE: &str = "https://twice.example.com";

/// What is wrong, as it is expected to be told.
struct Expected {
    exit: i32,
    code: &'static str,
    message: &'static str,
}

/// A store with three registrations, and everything that the command lines name.
struct World {
    home: Home,
    live: LiveSandbox,
    id: String,
}

impl World {
    fn new() -> Self {
        let (home, live) = (Home::new(), LiveSandbox::start());
        let community = live.community();
        let request = MemberRequest::new("https://app.example.org/udap")
            .algorithm(safire::protocol::jose::Algorithm::Es256);
        let member = community.issue_as(&request).unwrap();
        home.file("anchors", community.anchors_pem());
        home.file("cert", member.chain_pem());
        home.private_file("cert-key", member.key().to_pem().as_bytes());
        home.file("list", format!("{}\n", live.base()));
        home.file("template", r#"{"redirect_uris":["https://app.example.com/callback"]}"#);
        home.private_file("store.key", KEY);
        let id = home.json(&["registration", "add", HAND, "--client-id", "c"])["id"].clone();
        for client in ["one", "two"] {
            home.json(&["registration", "add", TWICE, "--client-id", client]);
        }
        home.json(&["store", "export", home.path("export").to_str().unwrap()]);
        Self { home, live, id: id.as_str().unwrap().to_owned() }
    }

    fn store(&self) -> std::path::PathBuf {
        self.home.path(".local/share/safire/safire.db")
    }

    fn run(&self, command: &[&str], id: &str, more: &[&str]) -> Run {
        let filled = command.iter().map(|word| match *word {
            ID => id.to_owned(),
            BASE => self.live.base(),
            word => match word.strip_prefix('@') {
                Some(file) => self.home.path(file).to_str().unwrap().to_owned(),
                None => word.to_owned(),
            },
        });
        let args: Vec<String> = filled.chain(more.iter().map(|word| (*word).to_owned())).collect();
        self.home.local(&args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Each command fails as expected, for programs and for people, and all of them at once.
    fn all_fail(&self, commands: &[&[&str]], id: &str, more: &[&str], expected: &Expected) {
        let before = self.live.sandbox.requests().iter().filter(|request| request.method == "POST").count();
        std::thread::scope(|scope| {
            for command in commands {
                scope.spawn(move || {
                    let run = self.run(command, id, &[more, &["--json"]].concat());
                    let error = run.error();
                    let told = (run.code, error["code"].as_str());
                    assert_eq!(told, (Some(expected.exit), Some(expected.code)), "{command:?}: {run:#?}");
                    let fault = if expected.exit == 8 { "store" } else { "caller" };
                    assert_eq!(error["fault"], fault, "{command:?}");
                    let message = error["message"].as_str().unwrap();
                    assert!(message.contains(expected.message), "{command:?}: {message}");
                    let hint = error["hint"].as_str().unwrap_or_default();
                    assert!(hint.len() > 20, "{command:?}: {error}");

                    let run = self.run(command, id, more);
                    assert_eq!((run.code, run.stdout.as_str()), (Some(expected.exit), ""), "{command:?}");
                    let mut lines = run.stderr.lines();
                    let first = lines.find(|line| line.starts_with("error: ")).unwrap_or_default();
                    assert!(
                        !first.is_empty() && run.stderr.contains(expected.message),
                        "{command:?}: {run:#?}"
                    );
                    assert!(run.stderr.contains("\nhint: "), "{command:?}: {run:#?}");
                });
            }
        });
        let after = self.live.sandbox.requests().iter().filter(|request| request.method == "POST").count();
        assert_eq!(before, after, "nothing is registered that cannot be kept");
    }
}

fn all() -> Vec<&'static [&'static str]> {
    BY_ID.into_iter().chain(WITHOUT_ID).collect()
}

#[test]
fn each_command_of_the_tree_is_here() {
    let named = |command: &'static [&'static str]| {
        let count =
            if COMMANDS.contains(&&command[..command.len().min(2)]) && command.len() > 1 { 2 } else { 1 };
        command[..count].to_vec()
    };
    let mut here: BTreeSet<Vec<&str>> = all().into_iter().map(named).collect();
    here.extend(STORELESS.iter().chain(&GROUPS).map(|command| command.to_vec()));
    assert_eq!(here, COMMANDS.iter().map(|command| command.to_vec()).collect());
}

#[test]
fn each_tells_a_locked_store() {
    let world = World::new();
    let other = Connection::open(world.store()).unwrap();
    // Readers too are kept out so.
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;").unwrap();
    world.all_fail(&all(), &world.id, &[], &Expected { exit: 8, code: "store-open", message: "locked" });
    drop(other);
    assert_eq!(world.home.registrations().len(), 3);
}

#[test]
fn each_tells_a_store_of_a_newer_version() {
    let world = World::new();
    Connection::open(world.store()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let expected = Expected { exit: 8, code: "store-newer-format", message: "99" };
    world.all_fail(&all(), &world.id, &[], &expected);
}

#[test]
fn each_tells_a_wrong_sealing_key() {
    let world = World::new();
    let key = world.home.path("store.key").to_str().unwrap().to_owned();
    let expected = Expected { exit: 8, code: "store-wrong-key", message: "key" };
    world.all_fail(&all(), &world.id, &["--store-key", &key], &expected);
}

#[test]
fn each_tells_a_database_that_refuses() {
    let world = World::new();
    let key = world.home.path("store.key").to_str().unwrap().to_owned();
    let url = "postgres://safire:planted-password@127.0.0.1:9/safire";
    let expected = Expected { exit: 8, code: "store-open", message: "safire:***@127.0.0.1:9" };
    world.all_fail(&all(), &world.id, &["--store", url, "--store-key", &key], &expected);
}

#[test]
fn each_tells_an_unknown_id() {
    let world = World::new();
    let expected = Expected { exit: 2, code: "registration-unknown", message: "no registration" };
    world.all_fail(&BY_ID, "raaaaaaaaaaaaaaa", &[], &expected);
    world.all_fail(&BY_ID, "https://nowhere.example.com", &[], &expected);
}

#[test]
fn each_tells_two_registrations_where_one_was_expected() {
    let world = World::new();
    let expected = Expected { exit: 2, code: "registration-ambiguous", message: "2 registrations are there" };
    world.all_fail(&BY_ID, TWICE, &[], &expected);
}
