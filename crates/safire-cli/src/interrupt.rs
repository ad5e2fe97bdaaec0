//! Ctrl-C and the polite end.

use std::future::Future;
use std::io;
use std::pin::pin;

use safire::fleet::Stopper;

use crate::failure::Failure;
use crate::plan::Phase;

/// How the person or the system ends us.
#[derive(Debug)]
pub(crate) struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Interrupts {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::SignalKind;
            use tokio::signal::unix::signal;
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for one of them.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Does `work`, which hears of the first interruption and ends by itself; a second one ends it at once.
pub(crate) async fn stopped_by_interrupt(
    stopper: &Stopper,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen().map_err(|cause| unheard(&cause))?;
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = interrupts.next() => stopper.stop(),
    }
    tokio::select! {
        done = &mut work => done,
        () = interrupts.next() => Err(Failure::Interrupted { in_doubt: None }),
    }
}

fn unheard(cause: &io::Error) -> Failure {
    Failure::System {
        code: "signals-unavailable",
        message: format!("the system does not let us listen for Ctrl-C: {cause}"),
        hint: None,
    }
}

/// Does `work` until it is done or interrupted. An answer that is being written down, or that ends what was there
/// before, is waited for.
pub(crate) async fn unless_interrupted(
    phase: &Phase,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let mut interrupts = Interrupts::listen().map_err(|cause| unheard(&cause))?;
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => done,
        () = interrupts.next() => {
            if !phase.is_settling() {
                return Err(Failure::Interrupted { in_doubt: phase.in_doubt() });
            }
            // Whoever insists is not kept waiting.
            tokio::select! {
                done = &mut work => done,
                () = interrupts.next() => Err(Failure::Interrupted { in_doubt: phase.in_doubt() }),
            }
        }
    }
}
