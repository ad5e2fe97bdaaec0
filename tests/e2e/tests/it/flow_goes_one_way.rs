//! Data goes one way: no stage uses a later one, and no crate depends on one that the map puts after it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The modules of `safire-protocol`, step by step: each uses those of its own step and of earlier ones.
const PROTOCOL: &[&[&str]] = &[
    &[
        "auth_method",
        "client_profile",
        "deviation",
        "fault",
        "identifier",
        "json",
        "secret",
        "server_answer",
        "server_profile",
        "time",
        "transcript",
        "url",
    ],
    &["discovery"],
    &["registration"],
    &["credentials"],
    &["scope"],
    &["authorize"],
    &["token"],
    &["id_token", "token_endpoints"],
    &["introspection", "revocation"],
    &["udap"],
];

/// The modules of `safire`, likewise.
const LIBRARY: &[&[&str]] = &[
    &["future"],
    &["clock"],
    &["transport"],
    &["signer"],
    &["store"],
    &["credentials"],
    &["server"],
    &["client"],
    &["udap"],
    &["management", "token_source"],
    &["fleet"],
];

/// Every error and every random byte is of these; they may use all and be used by all.
const SHARED: &[&str] = &["error", "random"];

/// The map: what each crate may depend on, tests apart.
const CRATES: [(&str, &[&str]); 7] = [
    ("safire-jose", &[]),
    ("safire-pki", &[]),
    ("safire-protocol", &["safire-jose", "safire-pki"]),
    ("safire", &["safire-jose", "safire-protocol"]),
    ("safire-store", &["safire", "safire-jose", "safire-protocol"]),
    ("safire-sandbox", &["safire-jose", "safire-pki", "safire-protocol"]),
    ("safire-cli", &["safire", "safire-jose", "safire-protocol", "safire-sandbox", "safire-store"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every source file below a folder with the top module that it belongs to; `lib.rs` belongs to none.
fn sources(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(sources(&path).into_iter().map(|(_, file)| (module.clone(), file)));
        } else if module != "lib" {
            found.push((module, path));
        }
    }
    found
}

/// The top modules that a file names by `crate::`, but for comments and the tests at its end.
fn used(text: &str) -> BTreeSet<String> {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = program.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
        })
        .collect()
}

/// What goes against the flow, and what has no place in it.
fn against(krate: &str, steps: &[&[&str]], shared: &[&str]) -> Vec<String> {
    let step_of: BTreeMap<&str, usize> = steps
        .iter()
        .enumerate()
        .flat_map(|(step, names)| names.iter().map(move |name| (*name, step)))
        .collect();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (module, path) in sources(&root().join("crates").join(krate).join("src")) {
        seen.insert(module.clone());
        if shared.contains(&module.as_str()) {
            continue;
        }
        let Some(step) = step_of.get(module.as_str()) else {
            wrong.push(format!("{krate}: `{module}` has no place in the flow"));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for name in used(&text).iter().filter(|name| !shared.contains(&name.as_str())) {
            if step_of.get(name.as_str()).is_none_or(|of| of > step) {
                wrong.push(format!("{}: `{module}` uses `{name}`", path.display()));
            }
        }
    }
    wrong.extend(
        steps
            .iter()
            .flat_map(|names| names.iter())
            .filter(|name| !seen.contains(**name))
            .map(|name| format!("{krate}: `{name}` is in the flow and not in the crate")),
    );
    wrong
}

/// Our own crates below `[dependencies]` of a manifest, however they are written.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let of_all = section == "[dependencies]" || section.ends_with(".dependencies]");
        if of_all && !line.starts_with(['[', '#']) {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.insert(name.to_owned());
        }
    }
    found.into_iter().filter(|name| name == "safire" || name.starts_with("safire-")).collect()
}

#[test]
fn no_stage_of_the_protocol_uses_a_later_one() {
    assert_eq!(against("safire-protocol", PROTOCOL, &[]), Vec::<String>::new());
}

#[test]
fn no_module_of_the_library_uses_a_later_one() {
    assert_eq!(against("safire", LIBRARY, SHARED), Vec::<String>::new());
}

#[test]
fn no_crate_depends_on_one_that_the_map_puts_after_it() {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let names: BTreeSet<String> =
        folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let mapped: BTreeSet<String> = CRATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, mapped, "every crate is in the map");
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let found = dependencies(&manifest);
        let extra: Vec<&String> = found.iter().filter(|other| !allowed.contains(&other.as_str())).collect();
        assert!(extra.is_empty(), "{name} depends on {extra:?}");
    }
}

#[test]
fn a_use_against_the_flow_is_seen() {
    let text = "use crate::token::Grant;\n/// crate::client\nfn f() { crate::url::g() }\n#[cfg(test)]\nuse crate::fault::F;";
    assert_eq!(used(text).into_iter().collect::<Vec<_>>(), ["token", "url"]);
    let manifest = "[dependencies]\nsafire.workspace = true\nserde = \"1\"\n[dev-dependencies]\nsafire-sandbox.workspace = true";
    assert_eq!(dependencies(manifest).into_iter().collect::<Vec<_>>(), ["safire"]);
}
