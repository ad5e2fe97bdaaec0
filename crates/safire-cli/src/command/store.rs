//! `safire store`: look after the store. No server is asked.

use std::path::Path;

use safire::Error;
use safire_store::AnyStore;
use safire_store::CheckReport;
use safire_store::KeySource;
use safire_store::SealingKey;
use serde_json::Value;
use serde_json::json;

use super::new_file;
use crate::args::ExportArgs;
use crate::args::ImportArgs;
use crate::args::RotateStoreKeyArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::clean;
use crate::output::with_progress;
use crate::session::Session;

/// Opens every row and looks for what belongs to nothing. A store that is not sound is a failure.
pub(crate) async fn store_check(session: &Session) -> Result<(), Failure> {
    let store = session.store()?;
    let report = store.there().await?.check();
    let report = with_progress(session.output, "reading the store", report).await.map_err(Error::from)?;
    if !report.findings.is_empty() {
        let findings: Vec<String> =
            report.findings.iter().map(|finding| clean(&finding.to_string())).collect();
        return Err(Failure::Unsound { store: store.name(), findings: findings.join("; ") });
    }
    let CheckReport { records, tokens, leases, history, .. } = report;
    let json = json!({
        "store": store.name(), "ok": true, "records": records, "tokens": tokens, "leases": leases, "history": history,
        "findings": [],
    });
    session.output.data(&json, || {
        Sheet::new()
            .row("store", store.name())
            .row("state", "sound")
            .row("registrations", records.to_string())
            .row("tokens", tokens.to_string())
            .row("history", history.to_string())
            .to_string()
    })
}

/// Seals everything with a new key.
pub(crate) async fn store_rotate_key(session: &Session, args: &RotateStoreKeyArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let opened = store.there().await?;
    let (key_id, file) = match (&args.new_key, opened) {
        (None, AnyStore::Sqlite(opened)) if store.has_key_beside() => {
            let rotating = opened.rotate_key_beside();
            let rotated = with_progress(session.output, "sealing everything anew", rotating).await;
            (rotated.map_err(Error::from)?, None)
        }
        (None, _) => {
            return Err(Failure::usage(
                "the key of this store does not lie beside it, so the new one needs a place",
                "`--new-key FILE` makes the file where it is missing; give it to every machine that uses the store",
            ));
        }
        (Some(path), _) => {
            let key = made_or_read(path)?;
            let rotating = opened.rotate_key(&key);
            with_progress(session.output, "sealing everything anew", rotating).await.map_err(Error::from)?;
            (key.id(), Some(path))
        }
    };
    let shown = file.map(|path| path.display().to_string());
    let json = json!({ "store": store.name(), "key_id": key_id.as_str(), "file": shown });
    session.output.data(&json, || {
        let sheet = Sheet::new().row("store", store.name()).row("sealed with key", key_id.as_str());
        sheet.maybe("in", shown.as_deref()).to_string()
    })?;
    if file.is_some() && !session.output.is_json() {
        session.output.note(
            "hint",
            "from now on the store opens with this key only: `--store-key FILE` or SAFIRE_STORE_KEY",
        );
    }
    Ok(())
}

/// Writes everything into one sealed file.
pub(crate) async fn store_export(session: &Session, args: &ExportArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let opened = store.there().await?;
    let key = match &args.export_key {
        Some(path) => read(path)?,
        None => store.sealing_key()?,
    };
    let exporting = opened.export(&args.file, &key);
    let exported =
        with_progress(session.output, "writing the export", exporting).await.map_err(Error::from)?;
    let file = args.file.display().to_string();
    let json = json!({
        "store": store.name(), "file": file, "key_id": key.id().as_str(), "records": exported.records,
        "tokens": exported.tokens,
    });
    session.output.data(&json, || {
        Sheet::new()
            .row("export", file.as_str())
            .row("registrations", exported.records.to_string())
            .row("tokens", exported.tokens.to_string())
            .row("sealed with key", key.id().as_str())
            .to_string()
    })
}

/// Adds what an export holds and the store does not.
pub(crate) async fn store_import(session: &Session, args: &ImportArgs) -> Result<(), Failure> {
    let store = session.store()?;
    let key = match &args.export_key {
        Some(path) => read(path)?,
        None => {
            // A new store has its key once it is there.
            store.shared().await.map_err(Error::from)?;
            store.sealing_key()?
        }
    };
    let opened = store.shared().await.map_err(Error::from)?;
    let importing = opened.import(&args.file, &key);
    let imported =
        with_progress(session.output, "reading the export", importing).await.map_err(Error::from)?;
    let ids =
        |ids: &[safire::store::RecordId]| -> Value { ids.iter().map(|id| json!(id.as_str())).collect() };
    let json = json!({
        "store": store.name(), "file": args.file.display().to_string(), "added": ids(&imported.added),
        "present": ids(&imported.present), "tokens": imported.tokens,
    });
    session.output.data(&json, || {
        Sheet::new()
            .row("store", store.name())
            .row("registrations added", imported.added.len().to_string())
            .row("were there already", imported.present.len().to_string())
            .row("tokens added", imported.tokens.to_string())
            .to_string()
    })
}

fn read(path: &Path) -> Result<SealingKey, Failure> {
    Ok(KeySource::read_file(path).map_err(Error::from)?)
}

/// The key in this file, which is made where it is missing: durable before anything is sealed with it.
fn made_or_read(path: &Path) -> Result<SealingKey, Failure> {
    if path.exists() {
        return read(path);
    }
    let key = SealingKey::generate().map_err(Error::from)?;
    let mut text = key.expose_base64();
    text.push('\n');
    new_file::write(path, text.as_bytes()).map_err(|cause| new_file::unwritable(path, &cause))?;
    Ok(key)
}
