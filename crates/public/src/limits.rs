//! Requests a second, of each client and of all together.

use crate::client::Client;
use crate::config::LimitsConfig;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Token buckets: one for all, and one for each client that asked lately.
pub(crate) struct Limits {
    all: Rate,
    each: Rate,
    state: Mutex<State>,
}

struct State {
    all: Bucket,
    clients: HashMap<Client, Bucket>,
    /// Shared by new clients while the table is full.
    crowd: Bucket,
    swept: Option<Instant>,
}

/// How a bucket fills.
#[derive(Clone, Copy)]
struct Rate {
    per_second: f64,
    burst: f64,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Clients that are told apart at a time: some 5 MB.
const MOST_CLIENTS: usize = 1 << 16;

/// A full table is looked through for those who rest no more often than this.
const SWEEP: Duration = Duration::from_secs(1);

/// Come again after so long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TooMany {
    pub(crate) wait: Duration,
}

impl Limits {
    pub(crate) fn new(config: &LimitsConfig, now: Instant) -> Self {
        let all = Rate {
            per_second: config.per_second,
            burst: config.burst.into(),
        };
        let each = Rate {
            per_second: config.client_per_second,
            burst: config.client_burst.into(),
        };
        let state = State {
            all: all.full(now),
            clients: HashMap::new(),
            crowd: each.full(now),
            swept: None,
        };
        Self {
            all,
            each,
            state: Mutex::new(state),
        }
    }

    /// Takes a request of this client; none for a caller with a token, which only the limit of all holds.
    pub(crate) fn admit(&self, client: Option<Client>, now: Instant) -> Result<(), TooMany> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State {
            all,
            clients,
            crowd,
            swept,
        } = &mut *state;
        let mut own = None;
        if let Some(client) = client {
            if !clients.contains_key(&client) && clients.len() >= MOST_CLIENTS {
                sweep(clients, self.each, swept, now);
            }
            own = Some(if clients.len() < MOST_CLIENTS {
                clients.entry(client).or_insert_with(|| self.each.full(now))
            } else {
                clients.get_mut(&client).unwrap_or(crowd)
            });
        }
        // Whom one limit stops does not use up the other.
        if let Some(own) = &mut own {
            own.fill(self.each, now).wait(self.each)?;
        }
        all.fill(self.all, now).wait(self.all)?;
        all.left -= 1.0;
        if let Some(own) = own {
            own.left -= 1.0;
        }
        Ok(())
    }
}

/// Forgets clients that have rested so long that they are as new.
fn sweep(
    clients: &mut HashMap<Client, Bucket>,
    rate: Rate,
    swept: &mut Option<Instant>,
    now: Instant,
) {
    if swept.is_some_and(|at| now.saturating_duration_since(at) < SWEEP) {
        return;
    }
    *swept = Some(now);
    clients.retain(|_, bucket| bucket.fill(rate, now).left < rate.burst);
}

impl Rate {
    fn full(self, now: Instant) -> Bucket {
        Bucket {
            left: self.burst,
            at: now,
        }
    }
}

impl Bucket {
    fn fill(&mut self, rate: Rate, now: Instant) -> &mut Self {
        let rested = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + rested * rate.per_second).min(rate.burst);
        self.at = self.at.max(now);
        self
    }

    fn wait(&self, rate: Rate) -> Result<(), TooMany> {
        let missing = 1.0 - self.left;
        if missing <= 0.0 {
            return Ok(());
        }
        let wait = Duration::from_secs_f64((missing / rate.per_second).min(86_400.0));
        Err(TooMany { wait })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Proxy;
    use axum::http::HeaderMap;
    use std::net::Ipv4Addr;

    fn client(number: u32) -> Option<Client> {
        let peer = (Ipv4Addr::from(number), 1).into();
        Some(Proxy::new(None).client(peer, &HeaderMap::new()))
    }

    fn limits(now: Instant) -> Limits {
        let config = LimitsConfig {
            client_per_second: 2.0,
            client_burst: 3,
            per_second: 10.0,
            burst: 5,
            ..LimitsConfig::default()
        };
        Limits::new(&config, now)
    }

    #[test]
    fn a_client_has_its_burst_and_then_its_rate() {
        let start = Instant::now();
        let limits = limits(start);
        let at = |ms| start + Duration::from_millis(ms);
        for _ in 0..3 {
            assert_eq!(limits.admit(client(1), start), Ok(()));
        }
        let wait = Duration::from_millis(500);
        assert_eq!(limits.admit(client(1), start), Err(TooMany { wait }));
        assert!(limits.admit(client(1), at(499)).is_err());
        assert_eq!(limits.admit(client(1), at(501)), Ok(()));
        assert!(limits.admit(client(1), at(600)).is_err());
        // Rest does not pile up beyond the burst.
        for _ in 0..3 {
            assert_eq!(limits.admit(client(1), at(60_000)), Ok(()));
        }
        assert!(limits.admit(client(1), at(60_000)).is_err());
    }

    #[test]
    fn all_share_one_limit_and_callers_with_a_token_only_that() {
        let start = Instant::now();
        let limits = limits(start);
        for number in 0..5 {
            assert_eq!(limits.admit(client(number), start), Ok(()));
        }
        let wait = Duration::from_millis(100);
        assert_eq!(limits.admit(client(9), start), Err(TooMany { wait }));
        let later = start + Duration::from_secs(1);
        for _ in 0..5 {
            assert_eq!(limits.admit(None, later), Ok(()));
        }
        assert!(limits.admit(None, later).is_err());
    }

    #[test]
    fn the_table_does_not_grow_without_bound() {
        let start = Instant::now();
        let config = LimitsConfig {
            client_per_second: 0.001,
            client_burst: 1,
            per_second: 1e6,
            burst: 1_000_000,
            ..LimitsConfig::default()
        };
        let limits = Limits::new(&config, start);
        let most = MOST_CLIENTS as u32;
        for number in 0..most {
            assert_eq!(limits.admit(client(number), start), Ok(()));
        }
        // All others are one.
        assert_eq!(limits.admit(client(most), start), Ok(()));
        assert!(limits.admit(client(most + 1), start).is_err());
        assert_eq!(limits.state.lock().unwrap().clients.len(), MOST_CLIENTS);
        // Known ones keep their own count.
        assert!(limits.admit(client(5), start).is_err());
        let rested = start + Duration::from_secs(2000);
        assert_eq!(limits.admit(client(most + 1), rested), Ok(()));
        assert_eq!(limits.state.lock().unwrap().clients.len(), 1);
    }
}
