//! The command on a real PostgreSQL server.

use safire_postgres_server::Database;
use safire_postgres_server::PostgresServer;
use safire_sandbox::Management;
use serde_json::Value;
use serde_json::json;

use crate::harness::Home;
use crate::harness::LiveSandbox;
use crate::harness::Run;
use crate::harness::register;

pub(crate) const KEY: &str = "c2FmaXJlIHRlc3Qga2V5IGZvciBQb3N0Z3JlU1FMLi4=";

/// A user whose store is a database.
struct OnDatabase<'a> {
    home: &'a Home,
    url: String,
}

impl OnDatabase<'_> {
    fn run(&self, args: &[&str]) -> Run {
        let mut command = self.home.command(args);
        command.env("SAFIRE_STORE", &self.url).env("SAFIRE_STORE_KEY", KEY);
        let run: Run = command.env("SAFIRE_ALLOW_INSECURE_LOCALHOST", "1").output().unwrap().into();
        for planted in Database::planted() {
            assert!(!run.stderr.contains(planted) && !run.stdout.contains(planted), "{run:?}");
        }
        run
    }

    fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).json()
    }
}

#[test]
fn every_command_works_on_a_database() {
    let Some(server) = PostgresServer::start().unwrap() else { return };
    let database = server.create_database().unwrap();
    let live = LiveSandbox::with(|sandbox| sandbox.management(Management::new().rotating_token()));
    let home = Home::new();
    let user = OnDatabase { home: &home, url: database.url() };
    assert_eq!(user.json(&["registrations"]), json!([]));
    let base = live.base();
    let own = [
        "--auth-method",
        "client_secret_basic",
        "--grant-type",
        "client_credentials",
        "--scope",
        "system/*.rs",
    ];
    let id = user.json(&register(&base, &own))["id"].as_str().unwrap().to_owned();
    assert_eq!(user.json(&register(&base, &own))["existing"], true);
    assert_eq!(user.json(&["token", &id, "-v"])["scope"], "system/*.rs");
    assert_eq!(user.json(&["registration", "show", &base])["state"], "active");
    user.json(&["registration", "read", &id]);
    user.json(&["registration", "update", &id, "--set", "client_name=\"On a database\""]);
    assert_eq!(user.json(&["registrations", "check"])[0]["ok"], true);
    assert_eq!(user.json(&["store", "check"])["records"], 1);
    assert_eq!(user.json(&["store", "history", &id])[0]["what"], "inserted");
    let people = user.run(&["store", "check"]);
    assert!(people.stdout.contains("***@") && people.code == Some(0), "{people:?}");

    // A whole move into a file and a new key for the database.
    let file = home.path("moved.safire").display().to_string();
    user.json(&["store", "export", &file]);
    let key = home.private_file("database.key", KEY);
    let sqlite = format!("sqlite:{}", home.path("moved.db").display());
    let moved = home.json(&["store", "import", &file, "--export-key", &key, "--store", &sqlite]);
    assert_eq!(moved["added"], json!([id]));
    let new = home.path("new.key").display().to_string();
    assert_eq!(user.json(&["store", "rotate-key", "--new-key", &new])["file"], json!(new));
    let run = user.run(&["registrations", "--json"]);
    assert_eq!((run.code, &run.error()["code"]), (Some(8), &json!("store-wrong-key")));
    let rows = home.json(&["registrations", "--store", &database.url(), "--store-key", &new]);
    assert_eq!(rows[0]["client_name"], "On a database");

    assert_eq!(
        home.json(&["registration", "delete", &id, "--store", &database.url(), "--store-key", &new])["deleted"],
        true
    );
    assert_eq!(
        home.json(&["registration", "forget", &id, "--store", &database.url(), "--store-key", &new])["id"],
        json!(id)
    );
    assert!(home.files().keys().all(|path| !path.ends_with("safire.db")), "no file in the data folder");
}
