//! Looking after a file: check, change of key, export, import.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::store::Query;
use safire::store::RecordId;
use safire::store::StoreError;

use crate::check::CheckReport;
use crate::check::Finding;
use crate::contents::Contents;
use crate::export;
use crate::export::Exported;
use crate::export::Imported;
use crate::history::Event;
use crate::history::What;
use crate::key::SealingKey;
use crate::key_check;
use crate::seal::Sealer;
use crate::sqlite::fleet;
use crate::sqlite::history;
use crate::sqlite::rows;
use crate::sqlite::store::Inner;
use crate::sqlite::store::SqliteStore;
use crate::sqlite::store::on_blocking_thread;
use crate::sqlite::tokens;

impl SqliteStore {
    /// Opens every row and looks for what belongs to nothing. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read at all.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        on_blocking_thread(Arc::clone(&self.inner), |inner| inner.check()).await
    }

    /// Seals everything with another key, in one transaction: after a crash it is all under the one key or all under the
    /// other. This value, and whoever else has the store open, then gets [`StoreError::WrongKey`] and opens it anew. Where
    /// the key lies beside the store, [`Self::rotate_key_beside`] does both.
    ///
    /// # Errors
    /// [`StoreError`] when a row does not open, a registration is under way or a rescued answer waits; nothing changed.
    pub async fn rotate_key(&self, new: &SealingKey) -> Result<(), StoreError> {
        let new = Sealer::new(new)?;
        on_blocking_thread(Arc::clone(&self.inner), move |inner| inner.rotate_key(&new, || Ok(()))).await
    }

    /// Writes everything, leases apart, into a new file sealed with this key, which need not be the store's.
    ///
    /// # Errors
    /// [`StoreError`] when a row does not open, or the file is there already or cannot be written.
    pub async fn export(&self, to: impl Into<PathBuf>, key: &SealingKey) -> Result<Exported, StoreError> {
        let (to, key) = (to.into(), key.clone());
        on_blocking_thread(Arc::clone(&self.inner), move |inner| {
            export::write(&to, &key, &inner.contents()?, &inner.sealer, &inner.name)
        })
        .await
    }

    /// Adds what an export holds and the store does not, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`] when the file is no export, was changed or has another key; nothing changed.
    pub async fn import(&self, from: impl Into<PathBuf>, key: &SealingKey) -> Result<Imported, StoreError> {
        let (from, key, actor) = (from.into(), key.clone(), self.actor().clone());
        on_blocking_thread(Arc::clone(&self.inner), move |inner| {
            let contents = export::read(&from, &key, &inner.sealer)?;
            inner.import(&contents, actor.as_str())
        })
        .await
    }
}

impl Inner {
    fn contents(&self) -> Result<Contents, StoreError> {
        let mut db = self.db();
        let read = |db: &mut Connection| {
            let tx = db.transaction()?;
            contents(&tx)
        };
        read(&mut db).map_err(|error| self.failed("reading it", &error))
    }

    fn check(&self) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::of(&self.contents()?, &self.sealer, &self.name);
        let failed = |error: rusqlite::Error| self.failed("checking it", &error);
        let db = self.db();
        let mut statement = db.prepare("PRAGMA integrity_check(10)").map_err(failed)?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
        for line in lines {
            let detail = line.map_err(failed)?;
            if detail != "ok" {
                report.findings.push(Finding::Damaged { detail });
            }
        }
        report.findings.extend(self.waiting()?.into_iter().map(|id| Finding::AnswerWaits { id }));
        Ok(report)
    }

    /// The registrations whose answers lie in rescue rooms.
    fn waiting(&self) -> Result<Vec<RecordId>, StoreError> {
        let filled = self.rescue.filled();
        filled.map_err(|error| self.failed("reading its rescue folder", &error))
    }

    /// Seals everything anew; `prepare` is done under the write lock, when nothing else can fail but the commit.
    pub(crate) fn rotate_key(
        &self,
        new: &Sealer,
        prepare: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let doing = "changing its key";
        let failed = |error: rusqlite::Error| self.failed(doing, &error);
        let mut db = self.db();
        let tx = self.begin(&mut db, doing)?;
        if let Some(id) = self.waiting()?.first() {
            return Err(self.failed(doing, &format!("the answer of `{id}` waits to be taken in first")));
        }
        let old = contents(&tx).map_err(failed)?;
        if let Some(id) = old.under_way(&self.sealer, &self.name, SystemClock::new().now()) {
            return Err(self.failed(doing, &format!("registration `{id}` is under way")));
        }
        let resealed = old.resealed(&self.sealer, new, &self.name)?;
        for input in fleet::inputs(&tx).map_err(failed)? {
            fleet::reseal(&tx, &input.resealed(&self.sealer, new, &self.name)?).map_err(failed)?;
        }
        for row in &resealed.records {
            rows::replace(&tx, row).map_err(failed)?;
        }
        for row in &resealed.tokens {
            tokens::put(&tx, row).map_err(failed)?;
        }
        let check = key_check::seal(new)?;
        let sql = "UPDATE meta SET key_id = ?1, key_check = ?2 WHERE one = 1";
        tx.execute(sql, (new.key_id().as_str(), check)).map_err(failed)?;
        prepare().map_err(|error| self.failed(doing, &error))?;
        tx.commit().map_err(failed)
    }

    fn import(&self, from: &Contents, actor: &str) -> Result<Imported, StoreError> {
        let now = SystemClock::new().now();
        self.within("importing", |tx| {
            let mut imported = Imported::default();
            for row in &from.records {
                let Some(id) = RecordId::parse(&row.clear.id) else { continue };
                if rows::state_text(tx, &id)?.is_some() {
                    imported.present.push(id);
                    continue;
                }
                rows::insert(tx, row)?;
                for entry in from.history.iter().filter(|entry| entry.record == row.clear.id) {
                    history::copy(tx, entry)?;
                }
                let event = Event::of_record(&row.clear.id, What::Imported, None, Some(&row.clear.state));
                history::add(tx, &event, actor, now)?;
                for token in from.tokens.iter().filter(|token| token.record == row.clear.id) {
                    imported.tokens += tokens::put(tx, token)?;
                }
                imported.added.push(id);
            }
            Ok(imported)
        })
    }
}

fn contents(tx: &Connection) -> rusqlite::Result<Contents> {
    Ok(Contents {
        records: rows::select(tx, &Query::All)?,
        tokens: tokens::select_all(tx)?,
        leases: tx
            .prepare("SELECT record, slot FROM lease ORDER BY record, slot")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?,
        history: history::select_all(tx)?,
    })
}
