//! A run: workers ask, one writer keeps.

use crate::client::Client;
use crate::error::CollectError;
use crate::keeper::Keeper;
use crate::pace::Pace;
use crate::plan::Plan;
use crate::stop::Stop;
use crate::summary::Summary;
use crate::worker::Shared;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::mpsc;

/// Asks all that is not answered yet. `progress` is told how many answers there are, earlier ones
/// included.
///
/// # Errors
/// When the files do not belong to this plan or cannot be written, the endpoint refuses every
/// request, or ten answers in a row cannot be had. All that was received until then is kept.
pub fn collect(
    plan: &Plan,
    stop: &Stop,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, CollectError> {
    plan.check()?;
    let endpoint = plan
        .endpoint
        .as_deref()
        .ok_or(CollectError::Plan("an endpoint is needed"))?;
    let client = Client::new(
        endpoint,
        &plan.asking,
        plan.key.as_ref(),
        plan.key_header.as_deref(),
        plan.timeout,
    )?;
    let mut keeper = Keeper::open(plan, client.address())?;
    let jobs = keeper.jobs(plan)?;
    let already = keeper.came();
    progress(already);
    let shared = Shared {
        plan,
        client: &client,
        pace: Pace::new(plan.rate),
        stop,
        next: AtomicUsize::new(0),
        jobs: &jobs,
        has_earlier: already > 0,
        is_open: AtomicBool::new(false),
        has_answer: AtomicBool::new(false),
    };
    // Nobody asks on before what it brought is in the writer's hands: a run that has to stop has spent one prompt more a worker at most.
    let (sender, events) = mpsc::sync_channel(0);
    let result = std::thread::scope(|scope| {
        for _ in 0..plan.concurrency.min(jobs.len()) {
            let (shared, sender) = (&shared, sender.clone());
            scope.spawn(move || shared.work(&sender));
        }
        drop(sender);
        let result = keeper.keep(events.iter(), progress);
        if result.is_err() {
            // Workers end after the exchange they are in; what it brings is still logged.
            stop.ask();
            for event in events {
                keeper.log_late(event);
            }
            progress(keeper.came());
        }
        result
    });
    keeper.end(stop.is_asked())?;
    result?;
    Ok(keeper.summary)
}
