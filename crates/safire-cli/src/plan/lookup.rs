//! Which registration is meant: by its id, or by its server.

use safire::Error;
use safire::protocol::url::FhirBase;
use safire::protocol::url::LoopbackHttp;
use safire::store::Query;
use safire::store::Record;
use safire::store::RecordId;
use safire::store::Store;

use crate::failure::Failure;

/// The one registration that `text` names.
pub(crate) async fn find(store: &dyn Store, text: &str) -> Result<Record, Failure> {
    match RecordId::parse(text) {
        Some(id) => {
            let found = store.load(Query::Id(id)).await.map_err(Error::from)?.pop();
            found.ok_or_else(|| unknown(text))
        }
        None => at_base(store, text).await,
    }
}

async fn at_base(store: &dyn Store, text: &str) -> Result<Record, Failure> {
    // Only to find it: whether http is allowed is asked when something is sent.
    let base = FhirBase::parse(text, LoopbackHttp::Allowed).map_err(|_| unknown(text))?;
    let mut found = store.load(Query::BaseKey(base.key())).await.map_err(Error::from)?;
    if found.iter().filter(|record| record.state.is_live()).count() == 1 {
        found.retain(|record| record.state.is_live());
    }
    match (found.pop(), found.as_slice()) {
        (Some(record), []) => Ok(record),
        (Some(last), others) => Err(ambiguous(text, others, &last)),
        (None, _) => Err(unknown(text)),
    }
}

fn unknown(text: &str) -> Failure {
    // What stands behind `?` or before `@` may be a secret.
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    let shown: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
    Failure::Usage {
        code: "registration-unknown",
        message: format!("no registration `{shown}` in this store"),
        hint: Some(
            "`safire registrations` lists the ids; a FHIR base does too where only one registration is there"
                .to_owned(),
        ),
    }
}

fn ambiguous(text: &str, others: &[Record], last: &Record) -> Failure {
    let ids: Vec<String> =
        others.iter().chain([last]).map(|record| format!("`{}` ({})", record.id, record.state)).collect();
    Failure::Usage {
        code: "registration-ambiguous",
        message: format!("{} registrations are there for {text}: {}", ids.len(), ids.join(", ")),
        hint: Some("name the one that is meant by its id".to_owned()),
    }
}
