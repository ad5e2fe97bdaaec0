//! A moving sign while something takes long.

use std::future::Future;
use std::io::IsTerminal;
use std::pin::pin;
use std::time::Duration;

use indicatif::ProgressBar;

use super::Output;

const PATIENCE: Duration = Duration::from_secs(1);

/// Waits for `work`; on a terminal a sign moves once that takes longer than a second.
pub(crate) async fn with_progress<F: Future>(output: Output, what: &'static str, work: F) -> F::Output {
    if !output.may_animate() || !std::io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let done = work.await;
    spinner.finish_and_clear();
    done
}
