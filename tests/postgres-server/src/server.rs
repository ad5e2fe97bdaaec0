//! One server: started, stopped and started again.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::database::Database;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::install::install;
use crate::install::leave_out;
use crate::process::End;
use crate::process::Process;

/// A PostgreSQL server that runs until this value is dropped or this process ends.
#[derive(Debug)]
pub struct PostgresServer {
    // Before the folder: dropped in this order.
    process: Mutex<Option<Process>>,
    pub(crate) folder: Folder,
    pub(crate) programs: PathBuf,
    pub(crate) port: u16,
}

/// Another process may take a port that was free a moment ago.
const TRIES: u32 = 3;

impl PostgresServer {
    /// Starts a new server, installing PostgreSQL where this process may; `None` when it is left out.
    ///
    /// # Errors
    /// [`Failure`] when it is there and does not start, or when it is left out and `CI=true`.
    pub fn start() -> Result<Option<Self>, Failure> {
        let programs = match install() {
            Ok(programs) => programs,
            Err(missing) => return leave_out(&missing).map(|()| None),
        };
        let folder = Folder::make(&programs)?;
        let mut last = Failure::new("no port");
        for _ in 0..TRIES {
            let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::of("finding a port"))?;
            let port = listener.local_addr().map_err(Failure::of("finding a port"))?.port();
            drop(listener);
            match Process::start(&programs, &folder, port) {
                Ok(process) => {
                    return Ok(Some(Self { process: Mutex::new(Some(process)), folder, programs, port }));
                }
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    /// A new, empty database with an owner of its own.
    ///
    /// # Errors
    /// [`Failure`] when the server refuses.
    pub fn create_database(&self) -> Result<Database<'_>, Failure> {
        Database::create(self)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The certificate, in PEM, that vouches for the server's.
    #[must_use]
    pub fn root_certificate(&self) -> PathBuf {
        self.folder.path().join("root.crt")
    }

    /// The folder with the server's Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Stops the server in good order; connections are cut.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be stopped.
    pub fn stop(&self) -> Result<(), Failure> {
        self.end(End::Fast)
    }

    /// Ends the server as a power cut does.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be ended.
    pub fn cut(&self) -> Result<(), Failure> {
        self.end(End::Immediate)
    }

    /// Starts a stopped server again, on the same port.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub fn start_again(&self) -> Result<(), Failure> {
        let started = Process::start(&self.programs, &self.folder, self.port)?;
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(())
    }

    fn end(&self, how: End) -> Result<(), Failure> {
        let running = self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
        running.map_or(Ok(()), |process| process.end(&self.folder, how))
    }
}
