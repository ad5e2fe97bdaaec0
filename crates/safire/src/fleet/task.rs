//! One row, from its claim to its outcome.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Either;
use futures_util::future::select;
use http::Uri;
use safire_protocol::fault::Diagnose as _;
use safire_protocol::secret::InitialAccessToken;
use safire_protocol::url::UrlPolicy;
use tokio::sync::watch;

use super::base::CleaningRules;
use super::outcome::Outcome;
use super::paced::PacedTransport;
use super::queue::ClaimedRow;
use super::report::RowReport;
use super::stop::StopSignal;
use super::vendor::vendor;
use super::watched::RowTransport;
use super::watched::Watched;
use super::watched::without;
use super::work::FleetWork;
use super::work::RegisterWork;
use crate::clock::Clock;
use crate::error::Error;
use crate::server::Origin;
use crate::server::Registered;
use crate::server::Server;
use crate::store::Change;
use crate::store::Store;
use crate::transport::Transport;

/// What every row of a run needs.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) work: FleetWork,
    pub(super) transport: Arc<PacedTransport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rules: CleaningRules,
    pub(super) auth_hosts: Vec<String>,
}

/// A server that is busy is asked again this often.
const TRIES: u32 = 3;
/// How long a server that is busy, and names no time, is left alone.
const BREAK: Duration = Duration::from_secs(2);

/// Works on one row. `None`: it was stopped before anything was sent that matters. An error ends the whole run.
pub(super) async fn work_on(
    job: Arc<Job>,
    row: ClaimedRow,
    stop: StopSignal,
) -> Result<Option<RowReport>, Error> {
    let (begun, mut is_begun) = watch::channel(false);
    let since = job.clock.elapsed();
    let work = pin!(outcome(&job, &row, &begun));
    let done = match select(work, pin!(stop.stopped())).await {
        Either::Left((done, _)) => done?,
        // What was sent is waited for: its answer may hold a secret that is shown once. A busy server may be asked again
        // later, which is not waited for.
        Either::Right(((), work)) => match select(work, pin!(is_begun.wait_for(|begun| !begun))).await {
            Either::Left((done, _)) => done?,
            Either::Right(_) => return Ok(None),
        },
    };
    let mut report = scrubbed(done, row.input.initial_access_token.as_ref());
    report.elapsed = job.clock.elapsed().saturating_sub(since);
    Ok(Some(report))
}

async fn outcome(job: &Job, row: &ClaimedRow, begun: &watch::Sender<bool>) -> Result<RowReport, Error> {
    let transport = Arc::new(RowTransport::new(Arc::clone(&job.transport)));
    let built = Server::builder(&row.base)
        .loopback(job.rules.loopback)
        .auth_hosts(job.auth_hosts.clone())
        .transport(Arc::clone(&transport) as Arc<dyn Transport>)
        .clock(Arc::clone(&job.clock))
        .build();
    let server = match built {
        Ok(server) => server,
        Err(error) => return failed(row, None, &error.into()),
    };
    match &job.work {
        FleetWork::Discover => discover(row, &server).await,
        FleetWork::Register(work) => {
            let store = Watched {
                store: &**work.store(),
                transport: &transport,
                begun,
                token: row.input.initial_access_token.as_ref(),
            };
            Box::pin(register(job, row, &server, work, &store)).await
        }
    }
}

async fn discover(row: &ClaimedRow, server: &Server) -> Result<RowReport, Error> {
    match server.metadata().await {
        Ok(profile) => {
            let mut report = RowReport::of(row, Outcome::Discovered);
            report.vendor = vendor(server.base(), Some(&profile)).map(str::to_owned);
            report.deviations.clone_from(&profile.deviations);
            report.profile = Some(profile);
            Ok(report)
        }
        Err(error) => failed(row, Some(server), &error),
    }
}

async fn register(
    job: &Job,
    row: &ClaimedRow,
    server: &Server,
    work: &RegisterWork,
    store: &Watched<'_>,
) -> Result<RowReport, Error> {
    let metadata = match work.metadata(&row.input) {
        Ok(metadata) => metadata,
        Err(error) => return Ok(RowReport::of(row, Outcome::Invalid).because(&error)),
    };
    let token = row.input.initial_access_token.as_ref();
    let mut tried = 0;
    loop {
        let mut request = server.register_client(&metadata).store(store);
        if let Some(url) = &row.input.registration_endpoint {
            request = request.registration_endpoint(url);
        }
        if let Some(token) = token {
            request = request.initial_access_token(token);
        }
        if let Some((key, material)) = work.client_key() {
            request = request.key(key, material.clone());
        }
        tried += 1;
        match request.await {
            Ok(registered) => return Ok(succeeded(row, server, &registered)),
            Err(error) if tried < TRIES && is_busy(&error) => make_way(job, store, &error).await?,
            Err(error) => return failed(row, Some(server), &error),
        }
        store.begun.send_replace(false);
    }
}

/// Whether the server surely registered nothing and asks to come back: 429.
fn is_busy(error: &Error) -> bool {
    matches!(error.without_record(), Error::Registration(error) if error.is_retryable())
}

/// Takes away what the refusal left, and lets everybody wait who wants to ask there.
async fn make_way(job: &Job, store: &dyn Store, error: &Error) -> Result<(), Error> {
    if let Some(id) = error.record_id() {
        store.commit(Change::Remove(id.clone())).await?;
    }
    let named = error.server_answer().is_some_and(|answer| answer.retry_after.is_some());
    if !named && let Some(uri) = error.endpoint().and_then(|url| url.parse::<Uri>().ok()) {
        job.transport.pause(&uri, BREAK);
    }
    Ok(())
}

fn succeeded(row: &ClaimedRow, server: &Server, registered: &Registered) -> RowReport {
    let outcome = match registered.origin {
        Origin::Sent => Outcome::Registered,
        Origin::Found => Outcome::Existing,
    };
    let mut report = RowReport::of(row, outcome);
    let registration = &registered.registration;
    report.record = registered.id().cloned();
    report.client_id = Some(registration.client_id().to_string());
    report.deviations = registration.deviations().to_vec();
    report.vendor = vendor(server.base(), server.known_metadata().as_deref()).map(str::to_owned);
    if registered.origin == Origin::Sent {
        report.status = registration.status();
    }
    report
}

fn failed(row: &ClaimedRow, server: Option<&Server>, error: &Error) -> Result<RowReport, Error> {
    let Some(outcome) = Outcome::of(error) else { return Err(error.clone()) };
    let mut report = RowReport::of(row, outcome).because_of(error);
    let guess = server.and_then(|server| vendor(server.base(), server.known_metadata().as_deref()));
    report.vendor = guess.map(str::to_owned);
    Ok(report)
}

/// A server may repeat the token that it was sent.
fn scrubbed(mut report: RowReport, token: Option<&InitialAccessToken>) -> RowReport {
    for text in [&mut report.message, &mut report.hint, &mut report.server_error].into_iter().flatten() {
        without(text, token);
    }
    report
}

/// The local rules of a row, for loading.
pub(super) fn policy(rules: CleaningRules, auth_hosts: &[String]) -> UrlPolicy {
    UrlPolicy::new(rules.loopback).with_auth_hosts(auth_hosts.iter().cloned())
}
