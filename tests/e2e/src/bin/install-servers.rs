//! Installs the real servers and the browser before the tests run, so that no test waits for a download.
//!
//! One line for each on stdout: `<name>: ready`, or `<name>: left out`, with the reason on stderr.
#![expect(clippy::print_stdout, reason = "this is a command; stdout carries its result")]

use safire_e2e::Authlib;
use safire_e2e::Chromium;
use safire_e2e::Failure;
use safire_e2e::OidcProvider;
use safire_e2e::Prepared;

fn main() -> Result<(), Failure> {
    report("oidc-provider", OidcProvider::prepare()?);
    report("authlib", Authlib::prepare()?);
    report("chromium", Chromium::prepare()?);
    Ok(())
}

fn report(name: &str, prepared: Prepared) {
    let outcome = match prepared {
        Prepared::Ready => "ready",
        Prepared::LeftOut => "left out",
    };
    println!("{name}: {outcome}");
}
