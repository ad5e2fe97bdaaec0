//! The store of the command line: opened at its first use, so that what fails before leaves no file behind.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;

use safire::Error;
use safire::future::BoxFuture;
use safire::protocol::fault::Diagnose;
use safire::store::Change;
use safire::store::Claim;
use safire::store::Claimed;
use safire::store::Query;
use safire::store::Record;
use safire::store::State;
use safire::store::Store;
use safire::store::StoreError;
use safire::store::TokenQuery;
use safire::store::TokenRecord;
use safire_store::AnyStore;
use safire_store::KeySource;
use safire_store::Opening;
use safire_store::SealingKey;
use safire_store::StoreUrl;

use super::phase::Phase;
use crate::args::GlobalArgs;
use crate::args::SecretText;
use crate::environment;
use crate::failure::Failure;
use crate::output;
use crate::output::Output;

/// The store of the command line.
#[derive(Debug)]
pub(crate) struct CommandStore {
    url: StoreUrl,
    key: KeySource,
    opened: OnceLock<AnyStore>,
    output: Output,
    phase: Arc<Phase>,
}

impl CommandStore {
    /// Where the store is and what opens it. Nothing is opened yet.
    pub(crate) fn plan(global: &GlobalArgs, output: Output, phase: Arc<Phase>) -> Result<Self, Failure> {
        Ok(Self { url: location(global)?, key: key_source(global), opened: OnceLock::new(), output, phase })
    }

    /// A store at this file with a key beside it.
    pub(crate) fn at(path: PathBuf, output: Output) -> Self {
        Self {
            url: StoreUrl::Sqlite(path),
            key: KeySource::Beside,
            opened: OnceLock::new(),
            output,
            phase: Arc::default(),
        }
    }

    /// Where it is, a password masked.
    pub(crate) fn name(&self) -> String {
        self.url.to_string()
    }

    /// Whether its key lies beside it.
    pub(crate) const fn has_key_beside(&self) -> bool {
        matches!((&self.url, &self.key), (StoreUrl::Sqlite(_), KeySource::Beside))
    }

    /// The key that opens it.
    pub(crate) fn sealing_key(&self) -> Result<SealingKey, Failure> {
        Ok(self.key.key(&self.url).map_err(Error::from)?)
    }

    /// The store itself, to look after it; one that is not there is not made.
    pub(crate) async fn there(&self) -> Result<&AnyStore, Failure> {
        let absent = || {
            let detail = "there is none".to_owned();
            Error::from(StoreError::Open { store: self.name(), detail })
        };
        let store = self.existing().await.map_err(Error::from)?;
        Ok(store.ok_or_else(absent)?)
    }

    /// The store itself, made where it is missing.
    pub(crate) async fn shared(&self) -> Result<AnyStore, StoreError> {
        self.made().await.cloned()
    }

    /// The store if it exists: reading does not make it.
    async fn existing(&self) -> Result<Option<&AnyStore>, StoreError> {
        if self.opened.get().is_none() {
            let opened = Box::pin(self.opening().open_existing()).await?;
            return Ok(opened.map(|store| self.keep(store)));
        }
        Ok(self.opened.get())
    }

    async fn made(&self) -> Result<&AnyStore, StoreError> {
        match self.opened.get() {
            Some(store) => Ok(store),
            None => Ok(self.keep(Box::pin(self.opening().open_or_create()).await?)),
        }
    }

    fn opening(&self) -> Opening {
        let opening = Opening::new(&self.url, &self.key);
        match environment::data_folder() {
            Some(folder) => opening.data_folder(folder),
            None => opening,
        }
    }

    fn keep(&self, store: AnyStore) -> &AnyStore {
        for id in store.taken_in() {
            self.output
                .note("note", &format!("the rescued answer of registration `{id}` is in the store now"));
        }
        self.opened.get_or_init(|| store)
    }

    async fn change(&self, mut change: Change) -> Result<(), StoreError> {
        // A note tells what the server said, and a server may repeat the token it was sent.
        if let Change::Replace(record) = &mut change {
            let pending = record.content.pending.as_mut().and_then(|pending| pending.note.as_mut());
            for note in record.content.note.as_mut().into_iter().chain(pending) {
                *note = output::scrubbed(note).into_owned();
            }
        }
        let store = self.made().await?;
        let id = match &change {
            Change::Insert { record, .. } if record.state == State::InDoubt => {
                self.phase.open(record.id.clone());
                let id = record.id.clone();
                let committed = store.commit(change).await;
                if committed.is_err() {
                    self.phase.clear(&id);
                }
                return committed;
            }
            // What manages a registration may end what was there before: its answer is waited for.
            Change::Replace(record) if record.content.pending.is_some() && record.awaits_answer() => {
                self.phase.manage(record.id.clone());
                let id = record.id.clone();
                let committed = store.commit(change).await;
                if committed.is_err() {
                    self.phase.clear(&id);
                }
                return committed;
            }
            Change::Replace(record) => record.id.clone(),
            // A login or a renewed token: the server may have ended what was there before.
            Change::PutToken { token, .. } => token.key.record.clone(),
            Change::Release { key, .. } => key.record.clone(),
            Change::Insert { .. } | Change::SetState { .. } | Change::Remove(_) | _ => {
                return store.commit(change).await;
            }
        };
        self.phase.settle(id.clone());
        let committed = store.commit(change).await;
        self.phase.clear(&id);
        committed
    }
}

impl Store for CommandStore {
    fn commit(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.change(change))
    }

    fn load(&self, query: Query) -> BoxFuture<'_, Result<Vec<Record>, StoreError>> {
        Box::pin(async move {
            match self.existing().await? {
                Some(store) => store.load(query).await,
                None => Ok(Vec::new()),
            }
        })
    }

    fn load_tokens(&self, query: TokenQuery) -> BoxFuture<'_, Result<Vec<TokenRecord>, StoreError>> {
        Box::pin(async move {
            match self.existing().await? {
                Some(store) => store.load_tokens(query).await,
                None => Ok(Vec::new()),
            }
        })
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, StoreError>> {
        Box::pin(async move {
            let login = claim.key.slot.as_str().starts_with("login").then(|| claim.key.record.clone());
            let claimed = self.made().await?.claim(claim).await?;
            // From here on a refresh token may be spent: its answer is waited for.
            if let Some(id) = login.filter(|_| claimed == Claimed::Ours) {
                self.phase.settle(id);
            }
            Ok(claimed)
        })
    }
}

fn location(global: &GlobalArgs) -> Result<StoreUrl, Failure> {
    let typed = global.store.as_ref().map(SecretText::expose_secret).filter(|text| !text.is_empty());
    match typed.map(str::to_owned).or_else(environment::store) {
        Some(text) if text.starts_with("sqlite:~/") => Err(Failure::usage(
            "the shell does not expand `~` behind `sqlite:`, and neither does this command",
            "write the whole path, such as `--store sqlite:$HOME/safire.db`",
        )),
        Some(text) => parsed(&text),
        None => {
            let folder = environment::data_folder().ok_or_else(|| {
                Failure::usage(
                    "no data folder is known: `HOME` is not set",
                    "name a store with `--store sqlite:PATH`",
                )
            })?;
            Ok(StoreUrl::Sqlite(folder.join("safire").join("safire.db")))
        }
    }
}

fn parsed(text: &str) -> Result<StoreUrl, Failure> {
    // A database may repeat the password that it was sent.
    if let Ok(url) = url::Url::parse(text) {
        output::never_show(url.password().unwrap_or_default());
    }
    StoreUrl::parse(text).map_err(|error| Failure::Usage {
        code: error.code(),
        message: error.to_string(),
        hint: Some(
            "name a file, such as `--store sqlite:/var/lib/my-app/safire.db`, or a database, such as \
             `--store postgres://safire@db.example.com/safire`"
                .to_owned(),
        ),
    })
}

fn key_source(global: &GlobalArgs) -> KeySource {
    if let Some(text) = environment::store_key() {
        return KeySource::Base64(text);
    }
    match global.store_key.as_deref() {
        Some("keyring") => KeySource::Keyring,
        Some(path) => KeySource::File(PathBuf::from(path)),
        None => KeySource::Beside,
    }
}
