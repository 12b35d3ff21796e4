//! What befalls everybody at once: an outage with its retries, and a release.

use super::made::Made;
use super::people::WEEK;
use super::plan::WorldPlan;
use super::random::Random;

/// Takes requests out of outages and puts many of them right behind; adds requests to release days.
pub(super) fn befall(plan: &WorldPlan, all: &mut [Made], random: &mut Random) {
    let end = plan.weeks * WEEK;
    for _ in 0..plan.outages {
        let from = random.below(end - 200);
        let length = random.between(10, 90);
        for own in all.iter_mut() {
            let mut waits = false;
            own.minutes.retain(|&minute| {
                let is_out = (from..from + length).contains(&minute);
                waits |= is_out;
                !is_out
            });
            if waits && random.is(0.7) {
                let behind = from + length + random.below(3);
                own.minutes.push(behind);
            }
        }
    }
    for _ in 0..plan.releases {
        let at = random.below(end - 200);
        for own in all.iter_mut().filter(|own| !own.minutes.is_empty()) {
            if random.is(0.2) {
                own.minutes.push(at + random.wait(20.0).min(150.0) as u32);
            }
        }
    }
}
