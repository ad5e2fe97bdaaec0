//! Stores of every format ever published open for ever.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use safire::store::Query;

use crate::sample;
use crate::sample::answered;
use crate::sample::intent;
use crate::sample::load;
use crate::sample::told;

#[test]
fn format_1_opens() {
    let folder = sample::folder();
    let path = sample::file_in(&folder);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for (name, to) in [("format-1.db", "safire.db"), ("format-1.db.key", "safire.db.key")] {
        let to = folder.path().join(to);
        std::fs::copy(kept.join(name), &to).unwrap();
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let told_now: Vec<_> = load(&sample::open(&path), Query::All).iter().map(told).collect();
    assert_eq!(told_now, [told(&answered(1, 100)), told(&intent(2))]);
}
