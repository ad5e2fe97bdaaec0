//! A whole store in one sealed file.
//!
//! The file: sixteen bytes of mark; the id of the key and the id of the export, each with a newline; then pieces, each
//! its length in four bytes and its sealed text. A piece is bound to the export and to its place, and the last one says
//! how many there are: a piece that is missing, moved or from another export is noticed.

use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Read;
use std::io::Write;
use std::path::Path;

use safire::store::RecordId;
use safire::store::StoreError;
use serde::Deserialize;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clear::Clear;
use crate::clear::SealedRecord;
use crate::contents::Contents;
use crate::contents::HistoryRow;
use crate::file;
use crate::key::SealingKey;
use crate::seal::Binding;
use crate::seal::Sealer;
use crate::sealed_token::SealedToken;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// How many registrations.
    pub records: usize,
    /// How many tokens.
    pub tokens: usize,
}

/// What was read in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Imported {
    /// The registrations added.
    pub added: Vec<RecordId>,
    /// The registrations that were there already, with their tokens; they were left as they are.
    pub present: Vec<RecordId>,
    /// How many tokens were added.
    pub tokens: usize,
}

const MARK: &[u8; 16] = b"safire export 1\n";
/// More than any record is long, and little enough to allocate before anything is known of it.
const LONGEST: u32 = 64 << 20;

/// One piece.
#[derive(Serialize, Deserialize)]
enum Head {
    /// The clear members; the content follows.
    Record(Clear),
    /// The same of a token.
    Token { record: String, slot: String, generation: i64, updated_at: i64 },
    /// Nothing follows.
    History(HistoryRow),
    /// How many pieces came before.
    End(u64),
}

/// Writes everything into a new file that only its owner reads.
pub(crate) fn write(
    path: &Path,
    key: &SealingKey,
    contents: &Contents,
    sealer: &Sealer,
    store: &str,
) -> Result<Exported, StoreError> {
    let failed = |error: io::Error| StoreError::Failed {
        store: store.to_owned(),
        doing: "writing an export",
        detail: format!("{}: {error}", path.display()),
    };
    let file = file::create_private(path).map_err(failed)?;
    let written = Writer::new(file, key).and_then(|writer| writer.all(contents, sealer, store));
    let synced = written.and_then(|()| file::sync_folder_of(path).map_err(Fault::Io));
    match synced {
        Ok(()) => Ok(Exported { records: contents.records.len(), tokens: contents.tokens.len() }),
        Err(fault) => {
            // Half an export is none.
            let _ = std::fs::remove_file(path);
            Err(match fault {
                Fault::Io(error) => failed(error),
                Fault::Store(error) => error,
            })
        }
    }
}

/// Reads a whole file; what is returned is sealed with the store's key.
pub(crate) fn read(path: &Path, key: &SealingKey, sealer: &Sealer) -> Result<Contents, StoreError> {
    let name = path.display().to_string();
    let not = |detail: String| StoreError::NotAStore { store: name.clone(), detail };
    let cut = |error: io::Error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return not("the export is cut short".to_owned());
        }
        StoreError::Open { store: name.clone(), detail: error.to_string() }
    };
    let mut reader = BufReader::new(File::open(path).map_err(cut)?);
    let mut mark = [0; MARK.len()];
    reader.read_exact(&mut mark).map_err(cut)?;
    if mark != *MARK {
        return Err(not("it is no export of a store".to_owned()));
    }
    let key_id = line(&mut reader).map_err(cut)?;
    let export = line(&mut reader).map_err(cut)?;
    let exported = Sealer::new(key)?;
    if key_id != exported.key_id().as_str() {
        return Err(exported.wrong_key(&name, &key_id));
    }
    let mut contents = Contents::default();
    for place in 0_u64.. {
        let piece = piece(&mut reader).map_err(cut)?;
        let opened = exported.unseal(&binding(&exported, &export, place), &piece);
        let plain = opened.ok_or_else(|| not(format!("piece {place} of the export was changed")))?;
        let (head, rest) =
            divide(&plain).ok_or_else(|| not(format!("piece {place} is not what was written")))?;
        match head {
            Head::Record(clear) => contents.records.push(SealedRecord::seal_parts(sealer, clear, rest)?),
            Head::Token { record, slot, generation, updated_at } => {
                let clear = (record.as_str(), slot.as_str(), generation, updated_at);
                contents.tokens.push(SealedToken::seal_parts(sealer, clear, rest)?);
            }
            Head::History(row) => contents.history.push(row),
            Head::End(count) if count == place => break,
            Head::End(_) => return Err(not("the export lacks a piece".to_owned())),
        }
    }
    Ok(contents)
}

struct Writer {
    file: BufWriter<File>,
    sealer: Sealer,
    export: String,
    place: u64,
}

enum Fault {
    Io(io::Error),
    Store(StoreError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Writer {
    fn new(file: File, key: &SealingKey) -> Result<Self, Fault> {
        let sealer = Sealer::new(key)?;
        let export = file::random_token()?;
        let mut file = BufWriter::new(file);
        file.write_all(MARK)?;
        writeln!(file, "{}", sealer.key_id())?;
        writeln!(file, "{export}")?;
        Ok(Self { file, sealer, export, place: 0 })
    }

    fn all(mut self, contents: &Contents, sealer: &Sealer, store: &str) -> Result<(), Fault> {
        for row in &contents.records {
            let content = row.open(sealer, store)?;
            self.piece(&Head::Record(row.clear.clone()), &content)?;
        }
        for row in &contents.tokens {
            let token = row.open(sealer, store)?;
            let (record, slot) = (row.record.clone(), row.slot.clone());
            let (generation, updated_at) = (row.generation, row.updated_at);
            self.piece(&Head::Token { record, slot, generation, updated_at }, &token)?;
        }
        for row in &contents.history {
            self.piece(&Head::History(row.clone()), &[])?;
        }
        let count = self.place;
        self.piece(&Head::End(count), &[])?;
        self.file.flush()?;
        Ok(self.file.get_ref().sync_all()?)
    }

    fn piece(&mut self, head: &Head, rest: &[u8]) -> Result<(), Fault> {
        let head = serde_json::to_vec(head).map_err(io::Error::other)?;
        let length = u32::try_from(head.len()).map_err(io::Error::other)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(4 + head.len() + rest.len()));
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(&head);
        plain.extend_from_slice(rest);
        let sealed = self.sealer.seal(&binding(&self.sealer, &self.export, self.place), &plain)?;
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        self.file.write_all(&length.to_be_bytes())?;
        self.file.write_all(&sealed)?;
        self.place += 1;
        Ok(())
    }
}

fn binding(sealer: &Sealer, export: &str, place: u64) -> Binding {
    Binding::new("safire export 1").with(sealer.key_id().as_str()).with(export).with(&place.to_string())
}

fn divide(plain: &[u8]) -> Option<(Head, &[u8])> {
    let (length, rest) = plain.split_at_checked(4)?;
    let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
    let (head, rest) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(head).ok()?, rest))
}

fn piece(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a piece is longer than any can be"));
    }
    let mut sealed = Vec::new();
    reader.take(u64::from(length)).read_to_end(&mut sealed)?;
    if sealed.len() as u64 == u64::from(length) {
        Ok(sealed)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// A short line of the head.
fn line(reader: &mut impl Read) -> io::Result<String> {
    let mut text = String::new();
    for _ in 0..64 {
        let mut byte = [0];
        reader.read_exact(&mut byte)?;
        match byte {
            [b'\n'] => return Ok(text),
            [byte] => text.push(char::from(byte)),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "a line of its head has no end"))
}
