//! One account's minutes: people, and machines with habits.

use super::random::Random;

/// Minutes of a day and of a week.
pub(super) const DAY: u32 = 1440;
pub(super) const WEEK: u32 = 7 * DAY;

/// How active somebody is in a minute of the local week, from 0 to 1: work begins and ends within minutes, not at the full hour alone, lunch is
/// eaten together, and weekends are quiet.
pub(super) fn profile(local: u32) -> f64 {
    const POINTS: [(u32, f64); 12] = [
        (0, 0.06),
        (360, 0.03),
        (450, 0.25),
        (525, 0.4),
        (555, 1.0),
        (715, 1.0),
        (735, 0.45),
        (780, 0.5),
        (800, 1.0),
        (1050, 0.95),
        (1110, 0.4),
        (1440, 0.06),
    ];
    let (day, minute) = (local / DAY % 7, local % DAY);
    let behind = POINTS
        .iter()
        .position(|&(at, _)| at > minute)
        .unwrap_or(11)
        .max(1);
    let ((from, a), (to, b)) = (POINTS[behind - 1], POINTS[behind]);
    let share = f64::from(minute - from) / f64::from(to - from);
    let level = a + (b - a) * share;
    if day >= 5 { 0.3 * level } else { level }
}

/// How long an account is watched, and where its day begins.
#[derive(Clone, Copy)]
pub(super) struct Life {
    /// Minutes of the whole log.
    pub(super) minutes: u32,
    /// Minutes that local time is ahead.
    pub(super) zone: u32,
    /// Requests in the whole log.
    pub(super) requests: u32,
}

impl Life {
    /// A minute in which this account begins something.
    pub(super) fn begins(&self, random: &mut Random) -> u32 {
        loop {
            let minute = random.below(self.minutes);
            if random.is(profile(minute + self.zone)) {
                return minute;
            }
        }
    }
}

/// Somebody's sessions: a handful of requests with pauses between them.
pub(super) fn person(life: &Life, random: &mut Random) -> Vec<u32> {
    let mut minutes = vec![];
    while minutes.len() < life.requests as usize {
        session(life.begins(random), life, random, |minute, _| {
            minutes.push(minute);
        });
    }
    minutes
}

/// One session that begins in a minute.
pub(super) fn session(
    from: u32,
    life: &Life,
    random: &mut Random,
    mut request: impl FnMut(u32, &mut Random),
) {
    let mut at = f64::from(from) + random.unit();
    for _ in 0..=random.wait(4.0) as u32 {
        if at < f64::from(life.minutes) {
            request(at as u32, random);
        }
        at += random.wait(1.2);
    }
}

/// An agent: fewer tasks, each a loop of a request every few seconds to a minute, for as long as it takes.
pub(super) fn agent(life: &Life, random: &mut Random) -> Vec<u32> {
    let mut minutes = vec![];
    while minutes.len() < life.requests as usize {
        let mut at = f64::from(life.begins(random));
        for _ in 0..=random.wait(25.0) as u32 {
            if at < f64::from(life.minutes) {
                minutes.push(at as u32);
            }
            at += random.wait(0.4);
        }
    }
    minutes
}

/// A job at a minute of random hours, often the full hour, sometimes with a second request behind it.
pub(super) fn cron(life: &Life, random: &mut Random) -> Vec<u32> {
    let at = match random.below(4) {
        0 | 1 => 0,
        2 => 30,
        _ => random.below(60),
    };
    let mut minutes = vec![];
    while minutes.len() < life.requests as usize {
        let hour = life.begins(random) / 60 * 60;
        minutes.push(hour + at);
        if random.is(0.5) {
            minutes.push(hour + at + 1);
        }
    }
    minutes
}

/// A nightly job at two o'clock local time, with a start that wavers by three minutes.
pub(super) fn nightly(life: &Life, random: &mut Random) -> Vec<u32> {
    let each = (life.requests * DAY / life.minutes).clamp(3, 40);
    let mut minutes = vec![];
    for day in 0..=life.minutes / DAY {
        let two = (day * DAY + 120 + WEEK).saturating_sub(life.zone) % (life.minutes + DAY);
        let from = two + random.below(3);
        minutes.extend((from..from + each).filter(|&minute| minute < life.minutes));
    }
    minutes
}

/// A pupil: lessons of a class, each at the pupil's own pace, and own work besides.
pub(super) fn pupil(life: &Life, lessons: &[(u32, u32)], random: &mut Random) -> Vec<u32> {
    let own = Life {
        requests: life.requests / 2,
        ..*life
    };
    let mut minutes = person(&own, random);
    for &(from, length) in lessons {
        if random.is(0.9) {
            minutes.extend((0..10).map(|_| from + random.below(length)));
        }
    }
    minutes
}

/// A reseller: many customers' sessions over one account.
pub(super) fn reseller(life: &Life, random: &mut Random) -> Vec<u32> {
    let own = Life {
        requests: life.requests * 8,
        ..*life
    };
    person(&own, random)
}
