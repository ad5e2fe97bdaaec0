//! The files of a server: its data, its certificate, who may connect how.

use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use rcgen::BasicConstraints;
use rcgen::CertificateParams;
use rcgen::CertifiedIssuer;
use rcgen::IsCa;
use rcgen::KeyPair;
use tempfile::TempDir;

use crate::environment;
use crate::failure::Failure;

/// The folder of one server.
#[derive(Debug)]
pub(crate) struct Folder {
    root: TempDir,
    /// Whom the files belong to and the server runs as, if not this user.
    user: Option<(u32, u32)>,
}

/// Over the socket whoever may enter its folder, over TCP with a password; TLS as the client likes.
const WHO_CONNECTS_HOW: &str = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
ssl = on
ssl_cert_file = '../server.crt'
ssl_key_file = '../server.key'
fsync = on
synchronous_commit = on
shared_buffers = 16MB
max_connections = 60
logging_collector = off
log_min_messages = warning
";

impl Folder {
    /// Makes a new database cluster with the programs in `programs`.
    pub(crate) fn make(programs: &Path) -> Result<Self, Failure> {
        let failed = Failure::of("making the folder of the server");
        let user = environment::is_root().then(environment::unprivileged).flatten();
        let root = tempfile::Builder::new().prefix("safire-postgres-").tempdir().map_err(&failed)?;
        let folder = Self { root, user };
        folder.give(folder.path()).map_err(&failed)?;
        folder.initdb(programs)?;
        folder.write_certificate()?;
        folder.write("data/pg_hba.conf", WHO_CONNECTS_HOW).map_err(&failed)?;
        let mut settings = OpenOptions::new();
        let mut settings =
            settings.append(true).open(folder.path().join("data/postgresql.conf")).map_err(&failed)?;
        settings.write_all(SETTINGS.as_bytes()).map_err(&failed)?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// A command that runs as the server's user, in its folder.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(self.path()).stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    fn initdb(&self, programs: &Path) -> Result<(), Failure> {
        let mut command = self.command(programs.join("initdb"));
        command.arg("--pgdata").arg(self.data()).args(["--username", "postgres", "--auth", "trust"]);
        // What initdb writes needs no sync: a machine that fails now starts the test anew. The server itself syncs.
        command.args(["--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"]);
        let output = command.output().map_err(Failure::of("starting initdb"))?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Failure::new(format!("initdb ended with {}: {text}", output.status)))
    }

    /// A certificate for `localhost` and 127.0.0.1, and the root that vouches for it.
    fn write_certificate(&self) -> Result<(), Failure> {
        let failed = |error: rcgen::Error| Failure::new(format!("making a certificate: {error}"));
        let mut root = CertificateParams::new(Vec::new()).map_err(failed)?;
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer =
            CertifiedIssuer::self_signed(root, KeyPair::generate().map_err(failed)?).map_err(failed)?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let key = KeyPair::generate().map_err(failed)?;
        let leaf = CertificateParams::new(names).and_then(|params| params.signed_by(&key, &issuer));
        self.write("root.crt", &issuer.pem())
            .and_then(|()| self.write("server.crt", &leaf.map_err(io::Error::other)?.pem()))
            .and_then(|()| self.write("server.key", &key.serialize_pem()))
            .map_err(Failure::of("writing the certificate"))
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.path().join(name);
        // An older file keeps its owner.
        if path.exists() {
            fs::remove_file(&path)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        self.give(&path)
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        match self.user {
            Some((user, group)) => chown(path, Some(user), Some(group)),
            None => Ok(()),
        }
    }
}
