//! Pacing: so many requests a minute, and none while the endpoint asks to wait.

use crate::stop::Stop;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Hands out the moments at which requests may go out.
pub(crate) struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

/// How long a sleeper goes without looking whether to stop.
const NAP: Duration = Duration::from_millis(50);

impl Pace {
    /// At most `per_minute` requests a minute, evenly spaced; without it, no limit.
    pub(crate) fn new(per_minute: Option<f64>) -> Self {
        Self {
            interval: per_minute.map_or(Duration::ZERO, |rate| {
                Duration::try_from_secs_f64(60.0 / rate).unwrap_or(Duration::MAX)
            }),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for the next moment. False where the run is to stop.
    pub(crate) fn wait(&self, stop: &Stop) -> bool {
        let moment = {
            let mut next = self
                .next
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let moment = (*next).max(Instant::now());
            *next = moment.checked_add(self.interval).unwrap_or(moment);
            moment
        };
        sleep(moment.saturating_duration_since(Instant::now()), stop)
    }

    /// Lets no request out for a while: the endpoint asked for it.
    pub(crate) fn hold(&self, wait: Duration) {
        let mut next = self
            .next
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let until = Instant::now().checked_add(wait).unwrap_or(*next);
        *next = (*next).max(until);
    }
}

/// Sleeps, and wakes early to stop. False where the run is to stop.
pub(crate) fn sleep(duration: Duration, stop: &Stop) -> bool {
    let until = Instant::now().checked_add(duration);
    loop {
        if stop.is_asked() {
            return false;
        }
        let left = until.map_or(NAP, |until| until.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(NAP));
    }
}
