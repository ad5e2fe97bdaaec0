//! Reads, one thread for all who ask: a thread each would cost more than the read.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;

use safire::store::StoreError;
use tokio::sync::oneshot;

use crate::sqlite::line::Line;
use crate::sqlite::store::Inner;

/// The reads that wait.
#[derive(Debug, Default)]
pub(crate) struct Reading(Line<Job>);

/// A read; what it gives brings the result to who asked.
struct Job(Box<dyn FnOnce(&Inner) -> Answer + Send>);

type Answer = Box<dyn FnOnce() + Send>;

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

impl Job {
    /// Who asked hears of a panic too: nobody answers.
    fn run(self, inner: &Inner) -> Option<Answer> {
        let answer = catch_unwind(AssertUnwindSafe(|| (self.0)(inner)));
        answer.inspect_err(|_| tracing::error!("a read of the store has panicked")).ok()
    }
}

/// So many are taken from the line at once.
const MOST: usize = 128;

/// The promise to do what waits, kept even if the runtime that it was given to ends before it begins.
struct Lead(Option<Arc<Inner>>);

impl Drop for Lead {
    fn drop(&mut self) {
        while let Some(inner) = self.0.take() {
            let taken = inner.reading.0.take(MOST);
            let answers: Vec<Answer> = taken.into_iter().filter_map(|job| job.run(&inner)).collect();
            // Whoever hears of the last one may close the store: nobody else holds it by then.
            if inner.reading.0.is_over() {
                drop(inner);
            } else {
                self.0 = Some(inner);
            }
            answers.into_iter().for_each(|answer| answer());
        }
    }
}

/// Reads together with all that wait.
pub(crate) async fn read<T: Send + 'static>(
    inner: &Arc<Inner>,
    read: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return read(inner) };
    let (result, done) = oneshot::channel();
    let job = Job(Box::new(move |inner| {
        let found = read(inner);
        // Who asked may have gone.
        Box::new(move || drop(result.send(found)))
    }));
    if inner.reading.0.join(job) {
        let lead = Lead(Some(Arc::clone(inner)));
        runtime.spawn_blocking(move || drop(lead));
    }
    done.await.unwrap_or_else(|_| Err(inner.failed("reading it", &"the work was given up")))
}
