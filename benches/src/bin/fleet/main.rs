//! A fleet of 10,000 servers beside one sandbox: its rate against a bare load generator, its memory, and what four workers
//! on PostgreSQL make of it when one of them is killed.

mod command;
mod generator;
mod mixed;
mod rate;
mod sandbox;
mod workers;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// As many servers as the issue of a large vendor.
const MANY: u32 = 10_000;
const FEW: u32 = 1_000;

fn main() -> Outcome<()> {
    let parts: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| part == name);
    let safire = command::build()?;
    let folder = tempfile::tempdir()?;
    if wanted("rate") {
        rate::measure(&safire, folder.path())?;
    }
    if wanted("mixed") {
        mixed::measure(&safire, folder.path())?;
    }
    if wanted("workers") {
        workers::measure(&safire, folder.path())?;
    }
    Ok(())
}
