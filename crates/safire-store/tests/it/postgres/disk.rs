//! A disk that is really full: the tables lie on a small file system of their own.

use std::path::Path;
use std::process::Command;

use safire::store::Query;
use safire::store::StoreError;

use crate::postgres::server::Place;
use crate::postgres::server::own;
use crate::sample::answered;
use crate::sample::commit;
use crate::sample::id;
use crate::sample::insertion;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::replacement;
use crate::sample::told;

/// A mounted file system, gone at the end.
struct Small(std::path::PathBuf);

impl Small {
    /// `None` where this process may not mount.
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=12m", "safire-test"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn an_answer_that_the_disk_has_no_room_for_is_rescued() {
    let Some(server) = own() else { return };
    let place = Place::at(&server);
    let Some(small) = Small::mount(&server.socket_folder().join("small")) else {
        eprintln!("LEFT OUT: a really full disk needs the right to mount");
        return;
    };
    let owner = server.socket_folder();
    use std::os::unix::fs::MetadataExt as _;
    let owner = std::fs::metadata(owner).unwrap();
    std::os::unix::fs::chown(&small.0, Some(owner.uid()), Some(owner.gid())).unwrap();
    place.database.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", small.0.display())).unwrap();
    let name = place.database.name();
    place.database.sql(&format!("GRANT CREATE ON TABLESPACE small TO {name}")).unwrap();
    place.database.sql(&format!("ALTER ROLE {name} SET default_tablespace = small")).unwrap();
    let store = place.open();
    commit(&store, insertion(intent(1))).unwrap();
    let filler =
        "CREATE TABLE filler (a text) TABLESPACE small; ALTER TABLE filler ALTER a SET STORAGE EXTERNAL";
    place.database.sql(filler).unwrap();
    while place.database.sql("INSERT INTO filler SELECT repeat('x', 100000)").is_ok() {}
    let error = commit(&store, replacement(answered(1, 900_000))).unwrap_err();
    let StoreError::Rescued { detail, .. } = error else { panic!("{error}") };
    assert!(detail.contains("No space left"), "{detail}");
    place.database.sql("DROP TABLE filler").unwrap();
    assert_eq!(told(&load(&store, Query::Id(id(1)))[0]), told(&answered(1, 900_000)));
    assert_eq!(store.taken_in(), [id(1)]);
    // The server lets its files go before they vanish under it.
    drop(store);
    server.stop().unwrap();
}
