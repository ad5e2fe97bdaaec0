//! One database of a server, for one test.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use crate::failure::Failure;
use crate::server::PostgresServer;

/// A database with an owner of its own, who has a password.
#[derive(Debug)]
pub struct Database<'a> {
    server: &'a PostgresServer,
    name: String,
}

/// Every kind of letter that a URL must escape, so that a password that leaks is found whatever its form.
const PASSWORD: &str = "planted p@ss:w/rd?";
const PASSWORD_ESCAPED: &str = "planted%20p%40ss%3Aw%2Frd%3F";

impl<'a> Database<'a> {
    pub(crate) fn create(server: &'a PostgresServer) -> Result<Self, Failure> {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", LAST.fetch_add(1, Ordering::Relaxed));
        run(server, "postgres", &format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'"))?;
        run(server, "postgres", &format!("CREATE DATABASE {name} OWNER {name}"))?;
        Ok(Self { server, name })
    }

    /// Where it is: over TCP on 127.0.0.1, as its owner, with the password.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_by("127.0.0.1", self.server.port)
    }

    /// The same through another host or port.
    #[must_use]
    pub fn url_by(&self, host: &str, port: u16) -> String {
        let name = &self.name;
        format!("postgres://{name}:{PASSWORD_ESCAPED}@{host}:{port}/{name}")
    }

    /// Its name, and its owner's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parts of the password that no text may hold.
    #[must_use]
    pub const fn planted() -> [&'static str; 2] {
        ["planted", "ss:w"]
    }

    /// Runs statements as the administrator of the server; the rows, one in a line, columns divided by `|`.
    ///
    /// # Errors
    /// [`Failure`] with what the server says.
    pub fn sql(&self, statements: &str) -> Result<String, Failure> {
        run(self.server, &self.name, statements)
    }

    /// Ends all connections to it but the one that asks for it.
    ///
    /// # Errors
    /// [`Failure`] when the server refuses.
    pub fn cut_connections(&self) -> Result<(), Failure> {
        let name = &self.name;
        self.sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        ))
        .map(|_| ())
    }

    /// The schema and rows of `schema` as statements, with which psql makes them again.
    ///
    /// # Errors
    /// [`Failure`] when `pg_dump` refuses.
    pub fn dump(&self, schema: &str) -> Result<String, Failure> {
        let mut command = self.server.folder.command(self.server.programs.join("pg_dump"));
        command.args(["--no-owner", "--inserts", "--schema", schema, "--username", "postgres"]);
        connect(self.server, &mut command, &self.name);
        output(&mut command)
    }

    /// Runs a dump as its owner.
    ///
    /// # Errors
    /// [`Failure`] with what the server says.
    pub fn restore(&self, dump: &str) -> Result<(), Failure> {
        run(self.server, &self.name, &format!("SET ROLE {};\n{dump}", self.name)).map(|_| ())
    }
}

fn run(server: &PostgresServer, database: &str, statements: &str) -> Result<String, Failure> {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut command = server.folder.command(server.programs.join("psql"));
    command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--username", "postgres"]);
    command.args(["--set", "ON_ERROR_STOP=1", "--file", "-"]);
    connect(server, &mut command, database);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = Failure::of("running psql");
    let mut child = command.spawn().map_err(&failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(statements.as_bytes()).map_err(&failed)?;
    }
    told(&child.wait_with_output().map_err(&failed)?)
}

fn connect(server: &PostgresServer, command: &mut std::process::Command, database: &str) {
    command.arg("--host").arg(server.folder.path()).args(["--port", &server.port.to_string()]);
    command.args(["--dbname", database]);
}

fn output(command: &mut std::process::Command) -> Result<String, Failure> {
    told(&command.output().map_err(Failure::of("running a program of PostgreSQL"))?)
}

fn told(output: &std::process::Output) -> Result<String, Failure> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(Failure::new(String::from_utf8_lossy(&output.stderr).into_owned()))
}
