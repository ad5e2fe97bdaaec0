//! Opening: what is recognised, what is refused, what is made, and how the connection is protected.

use safire::protocol::fault::Diagnose as _;
use safire::store::Query;
use safire::store::StoreError;
use safire_store::KeySource;
use safire_store::PostgresStore;
use safire_store::SealingKey;

use crate::postgres::server::Place;
use crate::postgres::server::builder;
use crate::postgres::server::key;
use crate::postgres::server::opened;
use crate::postgres::server::refused;
use crate::postgres::server::shared;
use crate::postgres::server::url;
use crate::sample;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::insertion;
use crate::sample::load;

#[test]
fn opening_to_read_makes_nothing() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    assert!(sample::run(place.builder().open_existing()).unwrap().is_none());
    let schemas = place.database.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'safire'").unwrap();
    assert_eq!(schemas, "0");
    assert!(!place.rooms().exists());
}

#[test]
fn a_schema_that_the_administrator_made_is_used() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let name = place.database.name();
    let sql = format!(
        "REVOKE CREATE ON DATABASE {name} FROM {name}; ALTER DATABASE {name} OWNER TO postgres; CREATE SCHEMA safire AUTHORIZATION {name}"
    );
    place.database.sql(&sql).unwrap();
    commit(&place.open(), insertion(answered(1, 0))).unwrap();
}

#[test]
fn without_the_right_to_make_a_store_it_is_told() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    place.database.sql(&format!("ALTER DATABASE {} OWNER TO postgres", place.database.name())).unwrap();
    let error = refused(place.builder());
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(error.to_string().contains("permission denied"), "{error}");
}

#[test]
fn a_wrong_key_changes_nothing() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    commit(&place.open(), insertion(answered(1, 0))).unwrap();
    let before = place.database.dump("safire").unwrap();
    let other = SealingKey::generate().unwrap();
    let source = KeySource::Base64(other.expose_base64());
    let error = refused(PostgresStore::builder(url(&place.database.url()), source, place.rooms()));
    let StoreError::WrongKey { given, wanted, .. } = error else { panic!("{error}") };
    assert_eq!(given, other.id().as_str());
    assert_ne!(given, wanted);
    assert_eq!(without_session(&place.database.dump("safire").unwrap()), without_session(&before));
}

/// Newer versions of `pg_dump` write a random word into each dump.
fn without_session(dump: &str) -> String {
    dump.lines().filter(|line| !line.contains("restrict")).collect()
}

#[test]
fn a_database_has_no_key_beside_it() {
    let folder = sample::folder();
    let url = url("postgres://u:planted@127.0.0.1:1/db");
    let error = refused(PostgresStore::builder(url, KeySource::Beside, folder.path()));
    assert!(matches!(error, StoreError::Key { .. }), "{error}");
    assert!(error.to_string().contains("SAFIRE_STORE_KEY"), "{error}");
}

#[test]
fn a_schema_of_another_application_is_left_alone() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    place.database.sql("CREATE SCHEMA safire; CREATE TABLE safire.gems (carat int)").unwrap();
    assert!(matches!(refused(place.builder()), StoreError::NotAStore { .. }));
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'safire'";
    assert_eq!(place.database.sql(tables).unwrap(), "1");
}

#[test]
fn a_newer_format_is_refused() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    drop(place.open());
    place.database.sql("UPDATE safire.meta SET format = 3").unwrap();
    let error = refused(place.builder());
    assert!(matches!(error, StoreError::NewerFormat { found: 3, known: 2, .. }), "{error}");
}

#[test]
fn what_cannot_be_reached_is_told_with_a_hint() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let wrong = place.database.url().replace("planted", "planted-and-wrong");
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let away = place.database.url_by("127.0.0.1", nobody);
    for (url, word) in [(wrong, "password authentication failed"), (away, "refused")] {
        let error = refused(builder(&url, &place.rooms()));
        assert!(matches!(error, StoreError::Open { .. }), "{error}");
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.hint().unwrap().contains("database"), "{error}");
    }
}

#[test]
fn each_sslmode_does_what_libpq_means_by_it() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let url = place.database.url();
    let encrypted = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'safire' \
                     AND datname = current_database()";
    let root = server.root_certificate();
    let verified = format!("?sslmode=verify-full&sslrootcert={}", root.display());
    for (query, wanted) in [
        ("", "t"),
        ("?sslmode=disable", "f"),
        ("?sslmode=prefer", "t"),
        ("?sslmode=require", "t"),
        (verified.as_str(), "t"),
    ] {
        let store = opened(builder(&format!("{url}{query}"), &place.rooms()));
        assert_eq!(place.database.sql(encrypted).unwrap(), wanted, "{query}");
        assert!(load(&store, Query::All).is_empty());
        drop(store);
        place.database.cut_connections().unwrap();
    }
    let no_root = refused(builder(&format!("{url}?sslmode=verify-full"), &place.rooms()));
    assert!(no_root.to_string().contains("certificate"), "{no_root}");
    let no_file = format!("{url}?sslmode=verify-full&sslrootcert=/nonexistent/root.crt");
    assert!(refused(builder(&no_file, &place.rooms())).to_string().contains("/nonexistent/root.crt"));
    let unknown = refused(builder(&format!("{url}?sslmode=allow"), &place.rooms()));
    assert!(unknown.to_string().contains("verify-full"), "{unknown}");
}

#[test]
fn a_socket_in_the_file_system_needs_no_tls() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let socket = server.socket_folder().display().to_string().replace('/', "%2F");
    let store = opened(builder(&place.database.url_by(&socket, server.port()), &place.rooms()));
    commit(&store, insertion(answered(1, 0))).unwrap();
    assert_eq!(load(&store, Query::All).len(), 1);
}

#[test]
fn a_host_elsewhere_is_verified_unless_the_url_says_otherwise() {
    let folder = sample::folder();
    let told = |text: &str| format!("{:?}", PostgresStore::builder(url(text), key(), folder.path()));
    assert!(!told("postgres://u:planted@db.example/x").contains("planted"));
    for text in [
        "postgres://",
        "postgres:///db",
        "postgres://u:planted@h:port/db",
        "postgres://u:planted@h/db?nonsense=1",
    ] {
        let error = refused(builder(text, folder.path()));
        assert!(matches!(error, StoreError::Open { .. }), "{text}: {error}");
    }
}

#[test]
fn the_settings_of_a_connection_bound_it_and_make_commits_durable() {
    let Some(server) = shared() else { return };
    let place = Place::at(server);
    let name = place.database.name();
    place.database.sql(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
    let store = place.open();
    // A trigger sees what the connection is set to.
    place
        .database
        .sql("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
              INSERT INTO seen SELECT current_setting('synchronous_commit'), current_setting('statement_timeout'); \
              RETURN NEW; END $$; CREATE TABLE seen (a text, b text); GRANT ALL ON seen TO PUBLIC; \
              CREATE TRIGGER note BEFORE INSERT ON safire.registration FOR EACH ROW EXECUTE FUNCTION note()")
        .unwrap();
    commit(&store, insertion(answered(1, 0))).unwrap();
    assert_eq!(place.database.sql("SELECT * FROM seen").unwrap(), "on|10s");
}

#[test]
fn the_rescue_folder_is_named_after_the_database_alone() {
    let folder = |text: &str| url(text).rescue_folder(std::path::Path::new("/data")).unwrap();
    let usual = folder("postgres://u:planted@db.example/safire");
    assert_eq!(usual.parent().unwrap(), std::path::Path::new("/data/safire"));
    assert_eq!(usual, folder("postgres://u:other@DB.example:5432/safire?sslmode=require"));
    assert_ne!(usual, folder("postgres://u:planted@db.example/other"));
    assert!(!usual.display().to_string().contains("planted"));
}
