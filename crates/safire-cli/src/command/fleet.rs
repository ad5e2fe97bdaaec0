//! `safire fleet`.

use std::sync::Arc;

use safire::Error;
use safire::clock::Clock as _;
use safire::clock::SystemClock;
use safire::fleet::Brake;
use safire::fleet::Fleet;
use safire::fleet::FleetEvent;
use safire::fleet::FleetKind;
use safire::fleet::FleetQueue;
use safire::fleet::FleetRun;
use safire::fleet::FleetWork;
use safire::fleet::Outcome;
use safire::fleet::Progress;
use safire::fleet::RegisterWork;
use safire::fleet::StopSignal;
use safire::fleet::Stopper;
use safire::fleet::Summary;
use safire::store::Store;

use crate::args::FleetArgs;
use crate::args::FleetCommand;
use crate::failure::Failure;
use crate::failure::FleetFailure;
use crate::output::FleetTeller;
use crate::output::counted;
use crate::output::fleet_summary;
use crate::plan::Answers;
use crate::plan::FleetList;
use crate::plan::FleetTemplate;
use crate::plan::cleaning_rules;
use crate::plan::loopback;
use crate::plan::pace;
use crate::session::Session;

/// Works through a list of servers until all is done or somebody says stop.
pub(crate) async fn fleet(
    session: &Session,
    command: &FleetCommand,
    stopper: &Stopper,
) -> Result<(), Failure> {
    let (args, kind, template) = match command {
        FleetCommand::Discover(args) => (&args.fleet, FleetKind::Discover, None),
        FleetCommand::Register(args) => {
            let template = FleetTemplate::plan(args.template.as_deref(), &args.key)?;
            (&args.fleet, FleetKind::Register, Some(template))
        }
    };
    let rules = cleaning_rules(args, loopback(&session.global.connection));
    let limits = pace(args)?;
    let list = FleetList::plan(args, kind, rules, template.as_ref())?;
    let connection = session.connection(Answers::OfFleet)?;
    let store = session.store()?.shared().await.map_err(Error::from)?;
    let work = match template {
        None => FleetWork::Discover,
        Some(template) => FleetWork::Register(Box::new(register_work(template, Arc::new(store.clone())))),
    };
    let queue: Arc<dyn FleetQueue> = Arc::new(store);
    let fleet = Fleet::new(list.id.clone(), work, queue, connection.transport(), limits)
        .rules(rules, connection.auth_hosts().to_vec());
    let brake = Brake::new();
    let teller = FleetTeller::new(session.output, brake.clone(), stopper.clone());
    work_through(session, args, list, &fleet.brake(brake), teller, stopper.signal()).await
}

fn register_work(template: FleetTemplate, store: Arc<dyn Store>) -> RegisterWork {
    let work = RegisterWork::new(template.template, store);
    match template.key {
        Some(key) => work.key(key.key, key.material),
        None => work,
    }
}

async fn work_through(
    session: &Session,
    args: &FleetArgs,
    list: FleetList,
    fleet: &Fleet,
    teller: FleetTeller,
    stop: StopSignal,
) -> Result<(), Failure> {
    let clock = SystemClock::new();
    let begun = clock.elapsed();
    let on = |event: FleetEvent<'_>| teller.tell(&event);
    let ran = run(args, list, fleet, &teller, &on, &stop).await;
    // Also where the store failed: what has ended is not done again, and so is told now or never.
    let told = teller.end();
    let run = ran.map_err(Failure::in_fleet)?;
    told?;
    let summary = Summary::of(&run.progress);
    let elapsed = clock.elapsed().saturating_sub(begun);
    fleet_summary(session.output, fleet.id().as_str(), &summary, run.ended, elapsed)?;
    judge(&run, &summary, &stop)
}

async fn run(
    args: &FleetArgs,
    list: FleetList,
    fleet: &Fleet,
    teller: &FleetTeller,
    on: &(dyn Fn(FleetEvent<'_>) + Send + Sync),
    stop: &StopSignal,
) -> Result<FleetRun, Failure> {
    // Before anything of this run has ended, so that nothing of it is tried twice.
    let again_before = args.resume.then(|| SystemClock::new().now());
    let progress = loaded(args, list, fleet, teller, on, stop.clone()).await?;
    teller.begin(progress.rows, progress.ended());
    Ok(fleet.run(again_before, stop, on).await?)
}

/// The list in the queue: newly, or from an earlier run that it goes on with.
async fn loaded(
    args: &FleetArgs,
    list: FleetList,
    fleet: &Fleet,
    teller: &FleetTeller,
    on: &(dyn Fn(FleetEvent<'_>) + Send + Sync),
    stop: StopSignal,
) -> Result<Progress, Failure> {
    let known = fleet.progress().await?.filter(|known| known.loaded);
    if let Some(known) = known
        && (args.resume || !known.is_complete())
    {
        let (ended, rows) = (known.ended(), known.rows);
        teller
            .note("note", format!("going on with an earlier run: {ended} of {} ended", counted(rows, "row")));
        return Ok(known);
    }
    let (reader, format) = list.reader()?;
    tokio::select! {
        loaded = fleet.load(reader, format, on) => loaded?,
        () = stop.stopped() => return Err(FleetFailure::interrupted(None).into()),
    };
    Ok(fleet.progress().await?.unwrap_or_default())
}

/// What the whole fleet has come to.
fn judge(run: &FleetRun, summary: &Summary, stop: &StopSignal) -> Result<(), Failure> {
    if stop.is_stopped() && !run.progress.is_complete() {
        return Err(FleetFailure::interrupted(Some(summary.left())).into());
    }
    if summary.failed() == 0 {
        return Ok(());
    }
    // Where nothing was reached and everything failed alike, that is the answer.
    let only = summary.only_outcome().filter(|outcome| *outcome != Outcome::InDoubt);
    Err(FleetFailure::failed(summary.failed(), summary.rows, only).into())
}
