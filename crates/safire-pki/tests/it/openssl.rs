use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Output;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Whether the command is there, of a version whose verdicts are written down; says so where it is not, which with
/// `CI=true` is a failure.
pub(crate) fn is_here(what: &str) -> bool {
    let version = Command::new("openssl").arg("version").output();
    if version.is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3.")) {
        return true;
    }
    #[expect(clippy::disallowed_methods, reason = "tests are told by it that nothing may be left out")]
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let message = format!("LEFT OUT: {what}: there is no `openssl` command of version 3");
    assert!(!is_ci, "{message} (`CI=true` does not allow that)");
    eprintln!("{message}");
    false
}

/// What the command writes to stdout; it must succeed.
pub(crate) fn run(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", text(&output));
    output.stdout
}

/// A signature with the private key.
pub(crate) fn sign(digest: &str, private_key_pem: &str, message: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let [key, file] = ["key", "message"].map(|name| folder.path().join(name));
    fs::write(&key, private_key_pem).unwrap();
    fs::write(&file, message).unwrap();
    run(&["dgst", digest, "-sign", key.to_str().unwrap(), file.to_str().unwrap()])
}

/// What OpenSSL says of a path.
pub(crate) struct Opinion {
    pub(crate) accepts: bool,
    pub(crate) message: String,
}

/// The files of a case, as OpenSSL reads them.
pub(crate) struct Files<'a> {
    pub(crate) anchors: &'a [Vec<u8>],
    pub(crate) others: &'a [Vec<u8>],
    pub(crate) leaf: &'a [u8],
    pub(crate) crls: &'a [Vec<u8>],
    pub(crate) now: u64,
}

impl Files<'_> {
    /// `openssl verify`, with the level that asks for RSA of 2048 bits and SHA-256.
    pub(crate) fn verify(&self) -> Opinion {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, label: &str, list: &[Vec<u8>]| {
            let path = folder.path().join(name);
            fs::write(&path, list.iter().map(|der| pem(label, der)).collect::<String>()).unwrap();
            path
        };
        let anchors = write("anchors.pem", "CERTIFICATE", self.anchors);
        let others = write("others.pem", "CERTIFICATE", self.others);
        let crls = write("crls.pem", "X509 CRL", self.crls);
        let leaf = write("leaf.pem", "CERTIFICATE", &[self.leaf.to_vec()]);
        let mut command = Command::new("openssl");
        command.args(["verify", "-no-CApath", "-no-CAstore", "-auth_level", "2", "-crl_check_all"]);
        command.args(["-attime", &self.now.to_string()]);
        argument(&mut command, "-CAfile", &anchors);
        if !self.others.is_empty() {
            argument(&mut command, "-untrusted", &others);
        }
        if !self.crls.is_empty() {
            argument(&mut command, "-CRLfile", &crls);
        }
        let output = command.arg(leaf).output().unwrap();
        Opinion { accepts: output.status.success(), message: text(&output) }
    }
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn argument(command: &mut Command, name: &str, file: &Path) {
    command.arg(name).arg(file);
}

fn text(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).replace('\n', " | ")
}
