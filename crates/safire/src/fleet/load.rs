//! From a list to the queue: every row is read, cleaned and checked before anything is sent.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::Arc;

use safire_protocol::time::UnixTime;
use tokio::sync::mpsc;

use super::base::clean;
use super::input::RowInput;
use super::outcome::Outcome;
use super::queue::Batch;
use super::queue::Load;
use super::queue::NewRow;
use super::queue::Taken;
use super::report::RowReport;
use super::run::Fleet;
use super::run::FleetEvent;
use super::source;
use super::source::BadRow;
use super::source::Format;
use super::source::Found;
use super::source::SourceRow;
use super::task::Job;
use super::task::policy;
use super::work::FleetWork;
use crate::error::Error;

/// What became of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// Rows read.
    pub rows: u64,
    /// Rows that were not in the queue yet and wait there now.
    pub added: u64,
    /// Rows that cannot be used.
    pub invalid: u64,
    /// Rows with the base of an earlier one.
    pub duplicates: u64,
}

/// A row on its way to the queue, with what is told of it if it has ended already.
struct Prepared {
    row: NewRow,
    report: Option<RowReport>,
}

const BATCH: usize = 500;

impl Fleet {
    /// Reads a list into the queue. It may be repeated: what is there already stays. A fleet whose rows have all ended
    /// begins anew.
    ///
    /// # Errors
    /// [`Error::Fleet`] when the list or the template cannot be used, [`Error::Store`] when the queue fails. Nothing
    /// was sent.
    pub async fn load(
        &self,
        reader: impl BufRead + Send + 'static,
        format: Format,
        on: &(dyn Fn(FleetEvent<'_>) + Send + Sync),
    ) -> Result<Loaded, Error> {
        self.load_batch(Batch::Begin).await?;
        let (send, mut receive) = mpsc::channel(2);
        let (job, now) = (Arc::clone(&self.job), self.job.clock.now());
        let reading = tokio::task::spawn_blocking(move || read(reader, format, &job, now, &send));
        let mut loaded = Loaded::default();
        while let Some(batch) = receive.recv().await {
            self.brake.released().await;
            self.take(batch, &mut loaded, on).await?;
        }
        match reading.await {
            Ok(read) => read?,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is going down, and this future with it.
                Err(_) => return Ok(loaded),
            },
        }
        self.load_batch(Batch::End).await?;
        Ok(loaded)
    }

    async fn load_batch(&self, batch: Batch) -> Result<Vec<Taken>, Error> {
        let load =
            Load { fleet: self.id().clone(), kind: self.job.work.kind(), now: self.job.clock.now(), batch };
        Ok(self.queue.load(load).await?)
    }

    async fn take(
        &self,
        batch: Vec<Prepared>,
        loaded: &mut Loaded,
        on: &(dyn Fn(FleetEvent<'_>) + Send + Sync),
    ) -> Result<(), Error> {
        let (rows, reports): (Vec<NewRow>, Vec<Option<RowReport>>) =
            batch.into_iter().map(|prepared| (prepared.row, prepared.report)).unzip();
        let known: Vec<_> = rows.iter().map(|row| (row.number, row.place, row.base.clone())).collect();
        let taken = self.load_batch(Batch::Rows(rows)).await?;
        for ((taken, report), (number, place, base)) in taken.into_iter().zip(reports).zip(known) {
            loaded.rows += 1;
            match (taken, report) {
                (Taken::There, _) => {}
                (Taken::Added, Some(report)) => {
                    loaded.invalid += 1;
                    on(FleetEvent::Ended(&report));
                }
                (Taken::Added, None) => loaded.added += 1,
                (Taken::DuplicateOf(first), _) => {
                    loaded.duplicates += 1;
                    let mut report = RowReport::new(number, place, base, Outcome::Duplicate);
                    report.duplicate_of = Some(first);
                    on(FleetEvent::Ended(&report));
                }
            }
        }
        Ok(())
    }
}

/// Reads the whole list, batch by batch, on a thread of its own.
fn read(
    reader: impl BufRead,
    format: Format,
    job: &Job,
    now: UnixTime,
    send: &mpsc::Sender<Vec<Prepared>>,
) -> Result<(), Error> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut number = 0;
    let mut refused = None;
    source::read(reader, format, &mut |found| {
        let prepared = match found {
            Found::Columns(columns) => {
                let FleetWork::Register(work) = &job.work else { return ControlFlow::Continue(()) };
                return match work.template().check(&columns) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        refused = Some(error);
                        ControlFlow::Break(())
                    }
                };
            }
            Found::Row(row) => prepare(*row, number + 1, job, now),
            Found::Bad(bad) => unreadable(&bad, number + 1, now),
        };
        number += 1;
        batch.push(prepared);
        if batch.len() < BATCH {
            return ControlFlow::Continue(());
        }
        match send.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))) {
            Ok(()) => ControlFlow::Continue(()),
            // Nobody waits for more: the queue has failed.
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    if let Some(error) = refused {
        return Err(error.into());
    }
    if !batch.is_empty() {
        // Where nobody waits any more, the queue's own failure is told.
        let _ = send.blocking_send(batch);
    }
    Ok(())
}

fn unreadable(bad: &BadRow, number: u64, now: UnixTime) -> Prepared {
    let report = RowReport::new(number, bad.place, String::new(), Outcome::Invalid).because(&bad.problem);
    over(report, now)
}

/// A row that has ended before it began.
fn over(report: RowReport, now: UnixTime) -> Prepared {
    let row = NewRow {
        number: report.number,
        place: report.place,
        base: report.base.clone(),
        base_key: None,
        host: String::new(),
        input: RowInput::default(),
        ended: Some(report.ended(now)),
    };
    Prepared { row, report: Some(report) }
}

fn prepare(row: SourceRow, number: u64, job: &Job, now: UnixTime) -> Prepared {
    let place = row.place;
    let cleaned = match clean(&row.base, job.rules) {
        Ok(cleaned) => cleaned,
        Err(problem) => {
            let report = RowReport::new(number, place, shown(&row.base), Outcome::Invalid);
            return over(report.because(&problem), now);
        }
    };
    let base = cleaned.base.as_str().to_owned();
    let mut variables: BTreeMap<String, String> = row.columns;
    variables.insert("base_url".to_owned(), base.clone());
    variables.insert("host".to_owned(), cleaned.base.as_url().host_str().unwrap_or_default().to_owned());
    variables.insert("line".to_owned(), place.line.to_string());
    let mut input = RowInput {
        variables,
        overrides: row.overrides,
        registration_endpoint: row.registration_endpoint,
        initial_access_token: row.initial_access_token,
        notes: cleaned.notes,
    };
    if let FleetWork::Register(work) = &job.work {
        if let Err(error) = check(&input, work, job) {
            let mut report = RowReport::new(number, place, base, Outcome::Invalid).because_of(&error);
            report.notes.clone_from(&input.notes);
            return over(report, now);
        }
        // Only what the template uses waits with the row.
        let used: Vec<&str> = work.template().variables().collect();
        input.variables.retain(|name, _| used.contains(&name.as_str()));
    } else {
        input.variables.clear();
    }
    let base_key = Some(cleaned.base.key());
    Prepared {
        row: NewRow { number, place, base, base_key, host: cleaned.host, input, ended: None },
        report: None,
    }
}

fn check(input: &RowInput, work: &super::work::RegisterWork, job: &Job) -> Result<(), Error> {
    let policy = policy(job.rules, &job.auth_hosts);
    work.check(input, &policy)?;
    if let Some(url) = &input.registration_endpoint {
        policy.check_given("registration_endpoint", url)?;
    }
    Ok(())
}

/// What stands behind `?` or before `@` may be a secret.
fn shown(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
