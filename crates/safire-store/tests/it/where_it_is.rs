//! The store URL and the text of the key.

use std::path::Path;

use safire::store::StoreError;
use safire_store::KeySource;
use safire_store::SealingKey;
use safire_store::SqliteStore;
use safire_store::StoreUrl;

#[test]
fn sqlite_urls_name_a_path() {
    for text in ["sqlite:/a/b.db", "sqlite:///a/b.db", "SQLite:/a/b.db"] {
        assert_eq!(StoreUrl::parse(text).unwrap().to_string(), "sqlite:/a/b.db");
    }
    assert_eq!(StoreUrl::parse("sqlite:b c?.db").unwrap().to_string(), "sqlite:b c?.db");
}

#[test]
fn other_texts_are_refused() {
    for text in ["", "sqlite:", "sqlite::memory:", "/a/b.db", "mysql://host/db"] {
        assert!(matches!(StoreUrl::parse(text), Err(StoreError::Open { .. })), "{text}");
    }
}

#[test]
fn passwords_are_masked_everywhere() {
    for text in [
        "postgres://user:pass%40w@db.example/safire?sslmode=require&password=passw",
        "postgres://user:pa@ssw:passw@db.example/safire",
        "postgresql://user:passw@db.example",
        "postgres://user:pass?w@db.example/safire",
    ] {
        let url = StoreUrl::parse(text).unwrap();
        let error = SqliteStore::open_or_create(&url, KeySource::Beside).unwrap_err();
        for shown in [url.to_string(), format!("{url:?}"), error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("pass") && !shown.contains("ssw"), "{shown}");
            assert!(shown.contains("db.example") && shown.contains("user"), "{shown}");
        }
        assert!(error.to_string().contains("sqlite:PATH"), "{error}");
    }
    let error = StoreUrl::parse("postgrse://user:passw@db.example/safire").unwrap_err();
    assert!(!error.to_string().contains("passw"), "{error}");
}

#[test]
fn the_data_folder_follows_the_xdg_rules() {
    let home = Some(Path::new("/home/u"));
    let shown = |data, home| StoreUrl::in_data_folder(data, home).map(|url| url.to_string());
    let usual = Some("sqlite:/home/u/.local/share/safire/safire.db".to_owned());
    assert_eq!(shown(None, home), usual);
    assert_eq!(shown(Some(Path::new("relative")), home), usual);
    assert_eq!(shown(Some(Path::new("/data")), home), Some("sqlite:/data/safire/safire.db".to_owned()));
    assert_eq!(shown(None, None), None);
}

#[test]
fn a_key_is_32_bytes_of_base64() {
    let key = SealingKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    let unpadded = SealingKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").unwrap();
    assert_eq!(key.id(), unpadded.id());
    assert_eq!(key.id().as_str().len(), 8);
    assert_eq!(format!("{key:?}"), "SealingKey([redacted])");
    for text in ["", "AAEC", "not base64 at all !!", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gAA=="] {
        assert!(matches!(SealingKey::parse(text), Err(StoreError::Key { .. })), "{text}");
    }
    assert!(!format!("{:?}", KeySource::Base64(key.expose_base64())).contains("AAEC"));
}
