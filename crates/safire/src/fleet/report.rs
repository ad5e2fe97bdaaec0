//! What is told of one row when it has ended.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use safire_protocol::deviation::Deviation;
use safire_protocol::fault::Diagnose;
use safire_protocol::server_profile::ServerProfile;
use safire_protocol::url::FhirBase;
use safire_protocol::url::LoopbackHttp;
use serde_json::Value;
use serde_json::json;

use super::base::BaseNote;
use super::outcome::Outcome;
use super::queue::ClaimedRow;
use super::queue::Ended;
use super::source::Place;
use crate::error::Error;
use crate::store::RecordId;

/// What is told of one row when it has ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RowReport {
    /// Its number in the list, from 1.
    pub number: u64,
    /// Where it stands in its file.
    pub place: Place,
    /// The FHIR base, or what stood in its place.
    pub base: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The code of its error.
    pub code: Option<String>,
    /// What went wrong, in words that may be shown.
    pub message: Option<String>,
    /// The next step.
    pub hint: Option<String>,
    /// The HTTP status of an answer that was an error, or of the registration.
    pub status: Option<u16>,
    /// The OAuth error of the server.
    pub server_error: Option<String>,
    /// The registration.
    pub record: Option<RecordId>,
    /// What the server calls the client.
    pub client_id: Option<String>,
    /// Whose software the server seems to be.
    pub vendor: Option<String>,
    /// What was odd about the base.
    pub notes: Vec<BaseNote>,
    /// The earlier row with the same base.
    pub duplicate_of: Option<Place>,
    /// What departs from the specification.
    pub deviations: Vec<Deviation>,
    /// What the server offers, where it was asked for.
    pub profile: Option<Arc<ServerProfile>>,
    /// How many workers have had the row.
    pub attempt: u32,
    /// How long it took.
    pub elapsed: Duration,
}

impl RowReport {
    /// A report with nothing but the outcome.
    pub(super) fn new(number: u64, place: Place, base: String, outcome: Outcome) -> Self {
        Self {
            number,
            place,
            base,
            outcome,
            code: None,
            message: None,
            hint: None,
            status: None,
            server_error: None,
            record: None,
            client_id: None,
            vendor: None,
            notes: Vec::new(),
            duplicate_of: None,
            deviations: Vec::new(),
            profile: None,
            attempt: 0,
            elapsed: Duration::ZERO,
        }
    }

    /// A report of a row that was a worker's.
    pub(super) fn of(row: &ClaimedRow, outcome: Outcome) -> Self {
        let mut report = Self::new(row.number, row.place, row.base.clone(), outcome);
        report.notes.clone_from(&row.input.notes);
        report.attempt = row.attempt;
        report
    }

    /// Tells why it went wrong.
    pub(super) fn because(mut self, error: &dyn Diagnose) -> Self {
        self.code = Some(error.code().to_owned());
        self.message = Some(in_words(error));
        self.hint = error.hint().map(std::borrow::Cow::into_owned);
        if let Some(answer) = error.server_answer() {
            self.status = Some(answer.status);
            self.server_error.clone_from(&answer.error);
        }
        self
    }

    pub(super) fn because_of(self, error: &Error) -> Self {
        let mut report = self.because(error);
        report.record = error.record_id().cloned();
        report
    }

    /// How the row ended, for the queue.
    pub(super) fn ended(&self, at: safire_protocol::time::UnixTime) -> Ended {
        Ended {
            outcome: self.outcome,
            code: self.code.clone(),
            vendor: self.vendor.clone(),
            record: self.record.clone(),
            at,
        }
    }

    /// The report as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let notes: Vec<&str> = self.notes.iter().map(|note| note.as_str()).collect();
        let mut value = json!({
            "line": self.place.line,
            "entry": self.place.entry,
            "base_url": self.base,
            "outcome": self.outcome.as_str(),
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "status": self.status,
            "server_error": self.server_error,
            "id": self.record.as_ref().map(RecordId::as_str),
            "client_id": self.client_id,
            "vendor": self.vendor,
            "notes": notes,
            "duplicate_of": self.duplicate_of.map(|place| place.line),
            "deviations": self.deviations,
            "attempt": self.attempt,
            "elapsed_ms": u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
        });
        if let (Some(profile), Some(members)) = (&self.profile, value.as_object_mut())
            // The base was parsed when it was cleaned; whether http is allowed was asked then.
            && let Ok(base) = FhirBase::parse(&self.base, LoopbackHttp::Allowed)
        {
            let mut shown = profile.to_json(&base);
            if let Some(shown) = shown.as_object_mut() {
                // The deviations are told above, and a fleet of raw documents is nothing to read.
                shown.shift_remove("raw");
                shown.shift_remove("deviations");
                shown.shift_remove("base_url");
            }
            members.insert("profile".to_owned(), shown);
        }
        value
    }
}

/// The error and its causes, without those that only repeat their parent.
fn in_words(error: &dyn Diagnose) -> String {
    let mut text = error.to_string();
    let mut told = text.clone();
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !told.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
            told = words;
        }
        next = cause.source();
    }
    text
}
