//! Room beside the store for answers that the database cannot take in.
//!
//! A room is a file of fixed size, written full and synced before its intent is committed, so that a full disk
//! cannot keep an answer out of it. Rooms are claimed only under the write lock of the database: a room without a
//! row, seen under that lock, belongs to nobody. One emptied room stays as a spare, which makes the next claim
//! one rename.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use safire::store::RecordId;

use crate::file;

/// The folder of rooms.
#[derive(Debug, Clone)]
pub(crate) struct RescueFolder(PathBuf);

/// What a name in the folder stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The room of a record.
    Room(RecordId),
    /// A room that was being made when its process ended.
    Unfinished(PathBuf),
}

/// An answer of 1 MiB, escaped as JSON, with the metadata of its request.
const ROOM: u64 = 3 << 19;
/// The first bytes of a room that holds something; an empty room has zeros there.
const MARK: &[u8; 16] = b"safire rescue 1\n";
const HEAD: u64 = 24;
const SPARE: &str = "spare";
const UNFINISHED: &str = "new-";

impl RescueFolder {
    pub(crate) fn of(store: &Path) -> Self {
        Self(file::beside(store, ".rescue"))
    }

    /// The rooms of a store that has no folder of its own.
    #[cfg(feature = "postgres")]
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    pub(crate) fn path(&self, id: &RecordId) -> PathBuf {
        self.0.join(id.as_str())
    }

    /// Makes room for the answer of `id`, durable when this returns. Under the write lock only.
    pub(crate) fn claim(&self, id: &RecordId) -> io::Result<()> {
        let (spare, room) = (self.0.join(SPARE), self.path(id));
        // Not synced: if a power cut undoes the rename, the room was still empty; filling it syncs the name.
        match std::fs::rename(&spare, &room) {
            Ok(()) if std::fs::metadata(&room)?.len() == ROOM => return Ok(()),
            Ok(()) => std::fs::remove_file(&room)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.ensure()?;
        let unfinished = self.0.join(format!("{UNFINISHED}{}", file::random_token()?));
        let made = self.make(&unfinished, &room);
        if made.is_err() {
            // Whichever name it has by now; the first error is the one to tell.
            let _ = std::fs::remove_file(&unfinished);
            let _ = std::fs::remove_file(&room);
        }
        made
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    pub(crate) fn ensure(&self) -> io::Result<()> {
        if !self.0.is_dir() {
            file::create_private_folder(&self.0)?;
            file::sync_folder_of(&self.0)?;
        }
        Ok(())
    }

    fn make(&self, unfinished: &Path, room: &Path) -> io::Result<()> {
        let mut file = file::create_private(unfinished)?;
        // Written, not only allocated: overwriting then needs no block and no change of the block map.
        io::copy(&mut io::repeat(0).take(ROOM), &mut file)?;
        file.sync_all()?;
        std::fs::rename(unfinished, room)?;
        file::sync_folder(&self.0)
    }

    /// Fills the room of `id` in place; durable when this returns. The mark comes last: a torn filling is none.
    pub(crate) fn fill(&self, id: &RecordId, sealed: &[u8]) -> io::Result<PathBuf> {
        let path = self.path(id);
        let mut file = OpenOptions::new().write(true).open(&path)?;
        file.seek(SeekFrom::Start(HEAD))?;
        file.write_all(sealed)?;
        file.sync_data()?;
        let mut head = Vec::with_capacity(24);
        head.extend_from_slice(MARK);
        head.extend_from_slice(&(sealed.len() as u64).to_be_bytes());
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&head)?;
        file.sync_all()?;
        file::sync_folder(&self.0)?;
        Ok(path)
    }

    /// Whether `id` has a room.
    pub(crate) fn has_room(&self, id: &RecordId) -> bool {
        self.path(id).is_file()
    }

    /// What the room of `id` holds: `None` when it is empty or gone.
    pub(crate) fn content(&self, id: &RecordId) -> io::Result<Option<Vec<u8>>> {
        let mut file = match File::open(self.path(id)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(length) = filled_length(&mut file)? else { return Ok(None) };
        let mut sealed = Vec::new();
        file.take(length).read_to_end(&mut sealed)?;
        Ok(Some(sealed))
    }

    /// Gives up the room of `id`: an empty one becomes the spare, a filled one is removed. Its durability does
    /// not matter: a room that reappears belongs to nobody or says what the row says.
    pub(crate) fn give_up(&self, id: &RecordId) {
        let path = self.path(id);
        let done = match File::open(&path).and_then(|mut file| filled_length(&mut file)) {
            Ok(None) => std::fs::rename(&path, self.0.join(SPARE)),
            Ok(Some(_)) => std::fs::remove_file(&path),
            Err(error) => Err(error),
        };
        if let Err(error) = done
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%id, %error, "rescue room stays");
        }
    }

    /// The registrations whose rooms hold something.
    pub(crate) fn filled(&self) -> io::Result<Vec<RecordId>> {
        let mut filled = Vec::new();
        for entry in self.entries()? {
            if let Entry::Room(id) = entry
                && self.content(&id)?.is_some()
            {
                filled.push(id);
            }
        }
        filled.sort();
        Ok(filled)
    }

    /// What lies in the folder, the spare apart.
    pub(crate) fn entries(&self) -> io::Result<Vec<Entry>> {
        let listing = match std::fs::read_dir(&self.0) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut entries = Vec::new();
        for entry in listing {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if let Some(id) = RecordId::parse(name) {
                entries.push(Entry::Room(id));
            } else if name.starts_with(UNFINISHED) {
                entries.push(Entry::Unfinished(entry.path()));
            }
        }
        Ok(entries)
    }
}

/// The length of what a room holds, the file left at its beginning; `None` for an empty room.
fn filled_length(file: &mut File) -> io::Result<Option<u64>> {
    let mut head = Vec::with_capacity(24);
    Read::by_ref(file).take(HEAD).read_to_end(&mut head)?;
    let length = head.strip_prefix(MARK).and_then(|rest| <[u8; 8]>::try_from(rest).ok());
    Ok(length.map(u64::from_be_bytes))
}
