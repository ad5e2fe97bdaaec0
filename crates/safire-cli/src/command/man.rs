//! `safire man`.

use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use serde_json::json;

use crate::args::Cli;
use crate::args::ManArgs;
use crate::failure::Failure;
use crate::session::Session;

/// Writes the manual pages into a folder, and names them.
pub(crate) fn man(session: &Session, args: &ManArgs) -> Result<(), Failure> {
    let mut definition = Cli::command();
    definition.build();
    let mut written = Vec::new();
    let done = std::fs::create_dir_all(&args.dir).and_then(|()| page(&definition, &args.dir, &mut written));
    done.map_err(|cause| Failure::System {
        code: "folder-unwritable",
        message: format!("the manual pages cannot be written into {}: {cause}", args.dir.display()),
        hint: Some("name a folder that you may write into".to_owned()),
    })?;
    session
        .output
        .data(&json!({ "files": written }), || written.iter().map(|name| format!("{name}\n")).collect())
}

fn page(command: &clap::Command, dir: &Path, written: &mut Vec<String>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let path = dir.join(format!("{name}.1"));
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    std::fs::write(&path, text)?;
    written.push(path.display().to_string());
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        page(below, dir, written)?;
    }
    Ok(())
}
