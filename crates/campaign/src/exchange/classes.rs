//! One account's window, taken apart: hours that can be exchanged, and hours that stay.

use super::lines::Line;
use super::random::Stream;
use crate::traffic::HourMask;

/// Which hours' patterns may be exchanged, beside equal numbers of active minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Within {
    /// Hours of one hour of the day: what everybody does within that hour, such as to begin work in its middle, stays.
    #[default]
    HourOfDay,
    /// Hours of one hour of the day with equally many active minutes in each five minutes: lessons, shifts and timetables stay, however they
    /// change, and nothing moves but the minute within five.
    FiveMinutes {
        /// How many minutes behind one of the clock's five minutes the account's hours begin: bells ring by the clock.
        behind: u32,
    },
    /// All hours of the window. What rises or falls within an hour for many accounts at once is taken for agreement.
    Window,
}

impl Within {
    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HourOfDay => "hour-of-day",
            Self::FiveMinutes { .. } => "five-minutes",
            Self::Window => "window",
        }
    }

    /// Which hours of a week are of one class.
    pub(super) fn class(self, hour: u32) -> u32 {
        match self {
            Self::HourOfDay | Self::FiveMinutes { .. } => hour % 24,
            Self::Window => 0,
        }
    }

    /// What stays of a pattern: how many minutes it has, of the hour or of each five minutes.
    fn profile(self, mask: u64) -> u64 {
        match self {
            // Behind a part that began before the hour there are twelve, the last of which may go on behind it.
            Self::FiveMinutes { behind } => (0..13).fold(0, |all, part| {
                let own = mask << (behind % 5) >> (5 * part) & 0b1_1111;
                all << 3 | u64::from(own.count_ones())
            }),
            _ => u64::from(mask.count_ones()),
        }
    }

    /// How many classes there are.
    pub(super) fn classes(self) -> u32 {
        match self {
            Self::HourOfDay | Self::FiveMinutes { .. } => 24,
            Self::Window => 1,
        }
    }
}

/// log10 of in how many ways these hours can be rearranged. No rearrangement changes it.
pub(super) fn log10_arrangements(hours: impl Iterator<Item = HourMask>, within: Within) -> f64 {
    let mut sorted: Vec<(u64, u32, u64)> = hours
        .map(|own| (within.profile(own.mask), within.class(own.hour), own.mask))
        .collect();
    sorted.sort_unstable();
    let log_factorial = |count: usize| libm::lgamma(count as f64 + 1.0);
    let classes = sorted.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let ways = classes.map(|own| {
        let same = own.chunk_by(|a, b| a.2 == b.2);
        log_factorial(own.len()) - same.map(|own| log_factorial(own.len())).sum::<f64>()
    });
    ways.sum::<f64>() * core::f64::consts::LOG10_E
}

/// Hours of a window of one account, by class.
pub(crate) struct Classes {
    /// Hours that stay as they are: alone in their class, or all of one pattern.
    pub(crate) fixed: Vec<HourMask>,
    /// Hours that are exchanged, class by class.
    pub(crate) hours: Vec<u32>,
    /// Their patterns as they are.
    pub(crate) observed: Vec<u64>,
    /// The same, minute by minute.
    pub(super) patterns: Vec<Line>,
    /// Whose pattern each hour has, as was drawn last.
    pub(super) drawn: Vec<u32>,
    /// The steps of a draw, class by class: the hour at `places` is exchanged for one of `bounds` hours from `froms` on.
    places: Vec<u32>,
    froms: Vec<u32>,
    bounds: Vec<u32>,
    /// Which, in the last draw.
    chosen: Vec<u32>,
}

impl Classes {
    /// Takes apart the hours of one account in a window.
    pub(crate) fn new(hours: impl Iterator<Item = HourMask>, within: Within) -> Self {
        let class = |hour: &HourMask| (within.profile(hour.mask), within.class(hour.hour));
        let mut sorted: Vec<HourMask> = hours.collect();
        sorted.sort_unstable_by_key(|hour| (class(hour), hour.hour));
        let mut classes = Self {
            fixed: vec![],
            hours: vec![],
            observed: vec![],
            patterns: vec![],
            drawn: vec![],
            places: vec![],
            froms: vec![],
            bounds: vec![],
            chosen: vec![],
        };
        for own in sorted.chunk_by(|a, b| class(a) == class(b)) {
            if own.iter().all(|hour| hour.mask == own[0].mask) {
                classes.fixed.extend_from_slice(own);
                continue;
            }
            let from = classes.hours.len() as u32;
            for step in 1..own.len() as u32 {
                classes.places.push(from + step);
                classes.froms.push(from);
                classes.bounds.push(step + 1);
            }
            classes.hours.extend(own.iter().map(|hour| hour.hour));
            classes.observed.extend(own.iter().map(|hour| hour.mask));
        }
        let masks = classes.observed.iter();
        classes.patterns = masks.map(|&mask| Line::pattern(mask)).collect();
        classes.restore();
        classes
    }

    /// As it was observed.
    pub(super) fn restore(&mut self) {
        self.drawn = (0..self.observed.len() as u32).collect();
    }

    /// Whether nothing can be exchanged.
    pub(crate) fn is_fixed(&self) -> bool {
        self.hours.is_empty()
    }

    /// Draws every class anew, each order with the same chance.
    #[inline(always)]
    pub(crate) fn draw(&mut self, stream: &mut Stream) {
        stream.each_below(&self.bounds, &mut self.chosen);
        let steps = self.places.iter().zip(&self.froms).zip(&self.chosen);
        for ((&place, &from), &chosen) in steps {
            self.drawn.swap(place as usize, (from + chosen) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn drawn(classes: &Classes) -> Vec<u64> {
        let places = classes.drawn.iter();
        places
            .map(|&place| classes.observed[place as usize])
            .collect()
    }

    fn of(hours: &[(u32, u64)], within: Within) -> Classes {
        let hours = hours.iter().map(|&(hour, mask)| HourMask { hour, mask });
        Classes::new(hours, within)
    }

    #[test]
    fn counts_hours_and_patterns_stay() {
        let hours = [
            (9, 0b1),
            (33, 0b10),
            (57, 0b11),
            (10, 0b100),
            (34, 0b1000),
            (58, 0b101),
        ];
        for within in [
            Within::HourOfDay,
            Within::FiveMinutes { behind: 3 },
            Within::Window,
        ] {
            let mut classes = of(&hours, within);
            let mut stream = Stream::new(&[1; 32], "test", 0, 0);
            for _ in 0..50 {
                classes.draw(&mut stream);
                let moved = classes.hours.iter().copied().zip(drawn(&classes));
                let fixed = classes.fixed.iter().map(|hour| (hour.hour, hour.mask));
                let now: BTreeMap<u32, u64> = moved.chain(fixed).collect();
                let mut patterns: Vec<u64> = now.values().copied().collect();
                let mut own: Vec<u64> = hours.iter().map(|&(_, mask)| mask).collect();
                patterns.sort_unstable();
                own.sort_unstable();
                assert_eq!(patterns, own);
                for (hour, mask) in hours {
                    assert_eq!(now[&hour].count_ones(), mask.count_ones());
                }
                // What an account weighs follows from it.
                let ways = |hours: &[(u32, u64)]| {
                    let hours = hours.iter().map(|&(hour, mask)| HourMask { hour, mask });
                    log10_arrangements(hours, within)
                };
                let now: Vec<(u32, u64)> = now.into_iter().collect();
                assert_eq!(ways(&now), ways(&hours));
            }
        }
    }

    #[test]
    fn who_may_be_exchanged_follows_from_the_hour_of_the_day() {
        let hours = [(9, 0b1), (33, 0b10), (10, 0b100)];
        assert_eq!(of(&hours, Within::HourOfDay).hours, [9, 33]);
        assert_eq!(of(&hours, Within::Window).hours, [9, 10, 33]);
        let parts = [(9, 0b1), (33, 0b10_0000), (57, 0b1_0000)];
        assert_eq!(of(&parts, Within::HourOfDay).hours, [9, 33, 57]);
        assert_eq!(of(&parts, Within::FiveMinutes { behind: 0 }).hours, [9, 57]);
        // Two minutes behind, the first three minutes of an hour are one part, and so are the next five.
        assert_eq!(
            of(&parts, Within::FiveMinutes { behind: 2 }).hours,
            [33, 57]
        );
        let last = [(9, 1 << 58), (33, 1 << 59), (57, 1 << 57)];
        assert_eq!(of(&last, Within::FiveMinutes { behind: 2 }).hours, [9, 33]);
    }

    /// Every arrangement once, by brute force.
    #[test]
    fn arrangements_are_counted() {
        let hours = [
            (9, 1),
            (33, 2),
            (57, 2),
            (81, 4),
            (10, 8),
            (34, 16),
            (11, 3),
        ];
        let all = || hours.iter().map(|&(hour, mask)| HourMask { hour, mask });
        let mut seen = std::collections::BTreeSet::new();
        let mut classes = of(&hours, Within::HourOfDay);
        let mut stream = Stream::new(&[1; 32], "test", 0, 0);
        for _ in 0..2000 {
            classes.draw(&mut stream);
            seen.insert(drawn(&classes));
        }
        // 4!/2! of the ninth hours, 2! of the tenth, one of the eleventh.
        assert_eq!(seen.len(), 24);
        let ways = log10_arrangements(all(), Within::HourOfDay);
        assert!((ways - libm::log10(24.0)).abs() < 1e-12, "{ways}");
        // Of the four two are in other five minutes than the others.
        let apart = [(9, 1), (33, 2), (57, 1 << 5), (81, 1 << 6)];
        let apart = apart.iter().map(|&(hour, mask)| HourMask { hour, mask });
        let ways = log10_arrangements(apart, Within::FiveMinutes { behind: 0 });
        assert!((ways - libm::log10(4.0)).abs() < 1e-12, "{ways}");
    }

    /// A habit of firing at :00 is a habit: nothing to exchange.
    #[test]
    fn equal_patterns_stay() {
        let hours = [(9, 1), (33, 1), (57, 1)];
        assert!(of(&hours, Within::Window).hours.is_empty());
    }

    /// False-alarm rate: a chi-square of 23 degrees above 75 has a probability below 1e-6, and the seed is fixed.
    #[test]
    fn every_order_has_the_same_chance() {
        let hours = [(9, 1), (33, 2), (57, 4), (81, 8)];
        let mut classes = of(&hours, Within::HourOfDay);
        let mut stream = Stream::new(&[2; 32], "test", 0, 0);
        let mut seen: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        for _ in 0..24_000 {
            classes.draw(&mut stream);
            *seen.entry(drawn(&classes)).or_default() += 1;
        }
        assert_eq!(seen.len(), 24);
        let square: f64 = seen
            .values()
            .map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0)
            .sum();
        assert!(square < 75.0, "{square}");
    }
}
