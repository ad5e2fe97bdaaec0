//! Lists and fleets of tests.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::Mutex;

use safire::fleet::CleaningRules;
use safire::fleet::Fleet;
use safire::fleet::FleetEvent;
use safire::fleet::FleetHasher;
use safire::fleet::FleetId;
use safire::fleet::FleetQueue;
use safire::fleet::FleetWork;
use safire::fleet::InnerHosts;
use safire::fleet::PaceLimits;
use safire::fleet::RegisterWork;
use safire::fleet::RowReport;
use safire::fleet::Template;
use safire::fleet::source;
use safire::fleet::source::BadRow;
use safire::fleet::source::Format;
use safire::fleet::source::Found;
use safire::fleet::source::SourceError;
use safire::fleet::source::SourceRow;
use safire::protocol::url::LoopbackHttp;
use safire::store::Store;
use safire::transport::HttpTransport;
use serde_json::Value;
use serde_json::json;

/// What a source told.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) rows: Vec<SourceRow>,
    pub(crate) bad: Vec<BadRow>,
}

/// Reads a whole text.
pub(crate) fn read(format: Format, text: impl AsRef<[u8]>) -> Result<Read, SourceError> {
    let mut read = Read::default();
    source::read(Cursor::new(text.as_ref()), format, &mut |found| {
        match found {
            Found::Columns(columns) => read.columns = Some(columns.into_iter().collect()),
            Found::Row(row) => read.rows.push(*row),
            Found::Bad(bad) => read.bad.push(bad),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(read)
}

/// Line and base of each row.
pub(crate) fn bases(read: &Read) -> Vec<(u64, &str)> {
    read.rows.iter().map(|row| (row.place.line, row.base.as_str())).collect()
}

/// A template that registers.
pub(crate) fn template() -> Value {
    json!({
        "client_name": "Fleet {line}",
        "redirect_uris": ["https://app.example.com/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

pub(crate) fn id(name: &str) -> FleetId {
    let mut hasher = FleetHasher::new(safire::fleet::FleetKind::Register);
    hasher.content(name.as_bytes());
    hasher.finish()
}

pub(crate) fn registering(members: Value, store: Arc<dyn Store>) -> FleetWork {
    let Value::Object(members) = members else { panic!("an object") };
    FleetWork::Register(Box::new(RegisterWork::new(Template::parse(members).unwrap(), store)))
}

/// A fleet against servers on loopback.
pub(crate) fn fleet(work: FleetWork, queue: Arc<dyn FleetQueue>, limits: PaceLimits) -> Fleet {
    let transport = Arc::new(HttpTransport::builder().loopback(LoopbackHttp::Allowed).build());
    let rules = CleaningRules { loopback: LoopbackHttp::Allowed, inner_hosts: InnerHosts::Refused };
    Fleet::new(id("test"), work, queue, transport, limits).rules(rules, Vec::new())
}

/// Everything that was told.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Vec<RowReport>>);

impl Told {
    pub(crate) fn listener(&self) -> impl Fn(FleetEvent<'_>) + Send + Sync + '_ {
        |event| {
            if let FleetEvent::Ended(report) = event {
                self.0.lock().unwrap().push(report.clone());
            }
        }
    }

    /// The reports in the order of their lines.
    pub(crate) fn reports(&self) -> Vec<RowReport> {
        let mut reports = self.0.lock().unwrap().clone();
        reports.sort_by_key(|report| report.number);
        reports
    }

    /// Line and outcome of each, in order.
    pub(crate) fn outcomes(&self) -> Vec<(u64, &'static str)> {
        self.reports().iter().map(|report| (report.place.line, report.outcome.as_str())).collect()
    }
}

/// Loads a text.
pub(crate) async fn load(fleet: &Fleet, format: Format, text: &str, told: &Told) -> safire::fleet::Loaded {
    fleet.load(Cursor::new(text.to_owned()), format, &told.listener()).await.unwrap()
}
