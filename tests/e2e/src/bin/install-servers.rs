//! Installs the real servers before the tests run, so that no test waits for a download.
//!
//! One line per server on stdout: `<name>: ready`, or `<name>: left out`, with the reason on stderr.
#![expect(clippy::print_stdout, reason = "this is a command; stdout carries its result")]

use safire_e2e::Authlib;
use safire_e2e::Failure;
use safire_e2e::OidcProvider;

fn main() -> Result<(), Failure> {
    let servers: [(&str, fn() -> Result<bool, Failure>); 2] =
        [("oidc-provider", OidcProvider::prepare), ("authlib", Authlib::prepare)];
    for (name, prepare) in servers {
        let outcome = if prepare()? { "ready" } else { "left out" };
        println!("{name}: {outcome}");
    }
    Ok(())
}
