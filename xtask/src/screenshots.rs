//! `cargo xtask screenshots`: the images of the guides, made by the tests that log in with Chromium.

use crate::run::cargo;
use crate::run::root;
use crate::run::run as run_command;

/// Where those tests put their images; without it they go with the test.
const FOLDER: &str = "SAFIRE_SCREENSHOTS";
const IMAGES: &str = "docs/guide/images";

pub(crate) fn run() -> Result<(), String> {
    let tests = ["test", "--package", "safire-cli", "--test", "it", "login_in_chromium"];
    // One after the other: their ports are those of the guide. Without a browser they would make nothing, and say so.
    let one_by_one = ["--", "--test-threads=1"];
    let folder = root().join(IMAGES);
    run_command(cargo(&tests).args(one_by_one).env(FOLDER, folder).env("CI", "true"))?;
    println!("the images are in {IMAGES}");
    Ok(())
}
