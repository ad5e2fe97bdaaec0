//! Logs on stderr, only where they are asked for.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::ScrubbedStderr;

/// Starts the log: `-v` tells the steps, `-vv` tells more. The libraries below say only what worries them.
pub(crate) fn start(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let ours = ["safire", "safire_protocol", "safire_store", "safire_sandbox", "safire_jose"];
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets(ours.map(|crate_name| (crate_name, level)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| ScrubbedStderr)
        .with_ansi(anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never)
        .with_target(false);
    // A second start would fail; there is one.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
}
