//! Room beside the store for answers that the database cannot take in.
//!
//! A room is a file of fixed size, written full and synced before its intent is committed, so that a full disk
//! cannot keep an answer out of it. Rooms are claimed only under the write lock of the database: a room without a
//! row, seen under that lock, belongs to nobody. Emptied rooms stay as spares while the store is open, which makes the
//! next claim one rename; when it is closed one of them stays.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use safire::store::RecordId;

use crate::file;

/// The folder of rooms.
#[derive(Debug, Clone)]
pub(crate) struct RescueFolder {
    folder: PathBuf,
    spares: Arc<Spares>,
}

/// The names of emptied rooms that this process knows.
#[derive(Debug, Default)]
struct Spares(Mutex<Vec<PathBuf>>);

/// What a name in the folder stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The room of a record.
    Room(RecordId),
    /// A room that was being made when its process ended.
    Unfinished(PathBuf),
}

/// Ten times the largest answer that was seen, sealed. A larger one takes the rest from the disk, which may be full.
const ROOM: u64 = 1 << 18;
/// The first bytes of a room that holds something; an empty room has zeros there.
const MARK: &[u8; 16] = b"safire rescue 1\n";
const HEAD: u64 = 24;
const SPARE: &str = "spare";
const FURTHER_SPARE: &str = "spare-";
const UNFINISHED: &str = "new-";
const MOST_SPARES: usize = 512;

impl RescueFolder {
    pub(crate) fn of(store: &Path) -> Self {
        Self::at(file::beside(store, ".rescue"))
    }

    /// The rooms in this folder.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, spares: Arc::default() }
    }

    pub(crate) fn path(&self, id: &RecordId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    /// Makes room for the answer of `id`, durable when this returns. Under the write lock only.
    pub(crate) fn claim(&self, id: &RecordId) -> io::Result<()> {
        let room = self.path(id);
        while let Some(spare) = self.spare() {
            // Not synced: if a power cut undoes the rename, the room was still empty; filling it syncs the name.
            match std::fs::rename(&spare, &room) {
                Ok(()) if std::fs::metadata(&room)?.len() == ROOM => return Ok(()),
                Ok(()) => std::fs::remove_file(&room)?,
                // Another process has taken it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        self.ensure()?;
        let unfinished = self.folder.join(format!("{UNFINISHED}{}", file::random_token()?));
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
        &self.folder
    }

    pub(crate) fn ensure(&self) -> io::Result<()> {
        if !self.folder.is_dir() {
            file::create_private_folder(&self.folder)?;
            file::sync_folder_of(&self.folder)?;
        }
        Ok(())
    }

    fn make(&self, unfinished: &Path, room: &Path) -> io::Result<()> {
        let mut file = file::create_private(unfinished)?;
        // Written, not only allocated: overwriting then needs no block and no change of the block map.
        io::copy(&mut io::repeat(0).take(ROOM), &mut file)?;
        file.sync_all()?;
        std::fs::rename(unfinished, room)?;
        file::sync_folder(&self.folder)
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
        file::sync_folder(&self.folder)?;
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
            Ok(None) => self.keep_spare(&path, id),
            Ok(Some(_)) => std::fs::remove_file(&path),
            Err(error) => Err(error),
        };
        if let Err(error) = done
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%id, %error, "rescue room stays");
        }
    }

    /// Takes over a spare that a process which was killed has left, or one that lives has just now: whoever renames it
    /// first has it.
    fn adopt(&self, spare: PathBuf) {
        let mut names = self.spares.names();
        if !names.contains(&spare) {
            names.push(spare);
        }
    }

    /// A spare that is known, or else the one that an earlier process left. Only one of those who ask gets each.
    fn spare(&self) -> Option<PathBuf> {
        if let Some(spare) = self.spares.names().pop() {
            return Some(spare);
        }
        let left = self.folder.join(SPARE);
        left.is_file().then_some(left)
    }

    /// Keeps an emptied room, but not more of them than registrations are usually under way at once.
    fn keep_spare(&self, room: &Path, id: &RecordId) -> io::Result<()> {
        let mut names = self.spares.names();
        if names.len() >= MOST_SPARES {
            return std::fs::remove_file(room);
        }
        let first = self.folder.join(SPARE);
        let name = if names.is_empty() { first } else { self.folder.join(format!("{SPARE}-{id}")) };
        std::fs::rename(room, &name)?;
        names.push(name);
        Ok(())
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
        let listing = match std::fs::read_dir(&self.folder) {
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
            } else if name.starts_with(FURTHER_SPARE) {
                self.adopt(entry.path());
            }
        }
        Ok(entries)
    }
}

impl Spares {
    fn names(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One spare stays for the next process.
impl Drop for Spares {
    fn drop(&mut self) {
        let names = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        for name in names.drain(..).skip(1) {
            // Room that nobody needs; the next process clears it if it stays.
            let _ = std::fs::remove_file(name);
        }
    }
}

/// The length of what a room holds, the file left at its beginning; `None` for an empty room.
fn filled_length(file: &mut File) -> io::Result<Option<u64>> {
    let mut head = Vec::with_capacity(24);
    Read::by_ref(file).take(HEAD).read_to_end(&mut head)?;
    let length = head.strip_prefix(MARK).and_then(|rest| <[u8; 8]>::try_from(rest).ok());
    Ok(length.map(u64::from_be_bytes))
}
