//! What the commands that look after the store take.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

/// The commands that look after the store.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// open every row and look for what belongs to nothing; nothing is changed
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check,
    /// seal everything with a new key, in one transaction
    RotateKey(RotateStoreKeyArgs),
    /// write everything into one sealed file
    Export(ExportArgs),
    /// add what an export holds and the store does not
    Import(ImportArgs),
    /// tell who changed what and when
    History(HistoryArgs),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  safire store check
      how much is there, and whether all of it can be read
  safire store check --store postgres://safire@db.example.com/safire --json
      the same of a database, for programs";

const ROTATE_EXAMPLES: &str = "\
Examples:
  safire store rotate-key
      a store with its key beside it: the new key takes the old one's place
  safire store rotate-key --new-key new.key
      a key that you keep elsewhere; the file is made where it is missing";

/// What `store rotate-key` takes.
#[derive(Debug, Args)]
#[command(after_long_help = ROTATE_EXAMPLES)]
pub(crate) struct RotateStoreKeyArgs {
    /// the file with the new key; it is made where it is missing [default: the file beside the store]
    #[arg(long, value_name = "FILE")]
    pub(crate) new_key: Option<PathBuf>,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  safire store export backup.safire
      sealed with the store's own key
  safire store export backup.safire --export-key backup.key
      sealed with another one";

/// What `store export` takes.
#[derive(Debug, Args)]
#[command(after_long_help = EXPORT_EXAMPLES)]
pub(crate) struct ExportArgs {
    /// the file to write; one that is there is never overwritten
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// the file with the key that seals it, 32 bytes in base64 [default: the store's own key]
    #[arg(long, value_name = "FILE")]
    pub(crate) export_key: Option<PathBuf>,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  safire store import backup.safire
      an export of this store, or of one with the same key
  safire store import backup.safire --export-key old.key --store postgres://safire@db.example.com/safire
      from a file into a database";

/// What `store import` takes.
#[derive(Debug, Args)]
#[command(after_long_help = IMPORT_EXAMPLES)]
pub(crate) struct ImportArgs {
    /// the file to read
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// the file with the key that sealed it [default: the store's own key]
    #[arg(long, value_name = "FILE")]
    pub(crate) export_key: Option<PathBuf>,
}

const HISTORY_EXAMPLES: &str = "\
Examples:
  safire store history
      of every registration, oldest first
  safire store history rabcdefghijklmno
      of one of them, also after it was forgotten";

/// What `store history` takes.
#[derive(Debug, Args)]
#[command(after_long_help = HISTORY_EXAMPLES)]
pub(crate) struct HistoryArgs {
    /// the local id, or the FHIR base when only one registration is there [default: all of them]
    pub(crate) id: Option<String>,
}
