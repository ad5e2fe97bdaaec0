//! `safire registration rotate-key`.

use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::management::KeyStage;
use safire::protocol::jose::Algorithm;
use safire::protocol::jose::PrivateKey;
use safire::protocol::secret::PrivateKeyPem;
use safire::store::KeyMaterial;
use serde_json::json;

use super::managed_client::ManagedClient;
use crate::args::RotateKeyArgs;
use crate::failure::Failure;
use crate::output::Sheet;
use crate::output::record_json;
use crate::output::with_progress;
use crate::plan::ClientKey;
use crate::plan::kept_key;
use crate::session::Session;

/// Gives a client a new key; the old one goes when the new one was seen to work.
pub(crate) async fn registration_rotate_key(session: &Session, args: &RotateKeyArgs) -> Result<(), Failure> {
    let client = ManagedClient::find(session, &args.id).await?;
    let new = new_key(&client, args)?;
    let managed = client.managed();
    let rotating = async {
        match new {
            Some(new) => managed.rotate_key(&new.key, new.material).await,
            None if args.trust => managed.trust_new_key().await,
            None => managed.resume_key_rotation().await,
        }
    };
    let stage = with_progress(session.output, "replacing the key", rotating).await?;
    let record = managed.record().await?;
    let (name, told) = match stage {
        KeyStage::Replaced => ("replaced", "replaced; the old key is removed at the server"),
        KeyStage::Unproven => ("unproven", "both keys are registered, the old one is in use"),
    };
    let kid = kept_key(&record)?.map(|key| key.kid().to_owned());
    let mut json = record_json(&record, SystemClock::new().now(), session.output.secrets());
    if let Some(members) = json.as_object_mut() {
        members.insert("stage".to_owned(), json!(name));
        members.insert("kid".to_owned(), json!(kid));
    }
    session.output.data(&json, || {
        let sheet = Sheet::new().row("key", told).row("id", record.id.as_str());
        sheet.maybe("kid in use", kid.as_deref()).to_string()
    })?;
    if stage == KeyStage::Unproven && !session.output.is_json() {
        let hint = format!(
            "the client gets tokens only for users who log in: once the new key was seen to work, `safire registration rotate-key {} --trust` goes on",
            record.id
        );
        session.output.note("hint", &hint);
    }
    Ok(())
}

/// The key that is to come; `None` to go on with the one that is on its way.
fn new_key(client: &ManagedClient, args: &RotateKeyArgs) -> Result<Option<ClientKey>, Failure> {
    if let Some(key) = ClientKey::plan(&args.key)? {
        return Ok(Some(key));
    }
    let is_on_its_way = client.record.content.key_rotation.is_some();
    if args.trust || (is_on_its_way && args.alg.is_none()) {
        return Ok(None);
    }
    let algorithm = match &args.alg {
        Some(name) => name.parse().map_err(|_| {
            Failure::usage(
                format!("`{name}` is not an algorithm for keys"),
                "`ES384` and `RS384` are what SMART asks for",
            )
        })?,
        None => kept_key(&client.record)?.map_or(Algorithm::Es384, |key| key.algorithm()),
    };
    let key = PrivateKey::generate(algorithm).map_err(|error| Failure::System {
        code: error.code(),
        message: error.to_string(),
        hint: None,
    })?;
    let material = KeyMaterial::Pem(PrivateKeyPem::new(key.to_pem().as_str()));
    Ok(Some(ClientKey { key, material }))
}
