//! OpenSSL, a second opinion on every generated path and list.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cases;
use crate::cases::Case;
use crate::openssl;
use crate::openssl::Files;
use crate::twin::Twin;
use crate::verdict::NO_NAME;
use crate::verdict::verdict;

/// The cases of the page where OpenSSL accepts what we refuse, or the other way: `` | `name` | verdict | … ``.
fn documented() -> BTreeMap<String, bool> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openssl-differences.md");
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert!(cells.len() >= 4 && cells[3].len() > 20, "a reason for {row}");
        (cells[0].trim_end_matches('`').to_owned(), cells[1] == "accepts")
    })
    .collect()
}

fn differences(cases: &[Case], found: &mut BTreeMap<String, bool>, log: &mut Vec<String>) {
    for case in cases {
        for make in [Twin::surefhir, Twin::emrdirect] {
            let mut twin = make();
            (case.change)(&mut twin);
            let issued = twin.issue();
            // A path that holds, whatever its leaf is called: names are not for OpenSSL to judge here.
            let ours = verdict(&twin, &issued).filter(|(code, _)| code != NO_NAME);
            let files = Files {
                anchors: &issued.anchors,
                others: &issued.others,
                leaf: &issued.leaf,
                crls: &issued.crls,
                now: twin.now,
            };
            let theirs = files.verify();
            if theirs.accepts != ours.is_none() {
                log.push(format!("{}/{}: OpenSSL {}, we {ours:?}", twin.name, case.name, theirs.message));
                found.insert(case.name.to_owned(), theirs.accepts);
            }
        }
    }
}

#[test]
fn openssl_agrees_or_the_difference_is_written_down() {
    if !openssl::is_here("the comparison with `openssl verify`") {
        return;
    }
    let (mut found, mut log) = (BTreeMap::new(), Vec::new());
    for cases in
        [cases::harmless(), cases::path_mutations(), cases::list_mutations(), cases::name_mutations()]
    {
        differences(&cases, &mut found, &mut log);
    }
    assert_eq!(found, documented(), "{}", log.join("\n"));
}
