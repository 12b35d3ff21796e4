//! An axis with round numbers.

use super::frame::LETTERS;
use super::pen::{GREY, INK, PALE, label, line};
use crate::words::decimals;
use maud::{Markup, html};

/// Values along a line of places.
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis over all finite values, a little wider than they are, between two places.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        // Beyond this a picture says nothing, and differences overflow.
        let values = finite.map(|value| value.clamp(-1e300, 1e300));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let widest = low.abs().max(high.abs()).max(1e-9);
        let room = ((high - low) * 0.05).max(widest * 1e-3);
        Self {
            low: low - room,
            high: high + room,
            from,
            to,
        }
    }

    /// Where a value stands; what is outside stands at the end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        let share = if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        };
        self.from + share * (self.to - self.from)
    }

    /// Number `bin` of `bins` equal parts that a value falls into.
    pub(super) fn bin(&self, value: f64, bins: usize) -> usize {
        let share = (self.place(value) - self.from) / (self.to - self.from);
        ((share * bins as f64) as usize).min(bins - 1)
    }

    /// About so many round values, with the decimals that they need.
    fn ticks(&self, about: usize) -> (Vec<f64>, usize) {
        let raw = (self.high - self.low) / about as f64;
        let power = 10_f64.powf(raw.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|&step| step >= raw).unwrap_or(raw);
        let first = (self.low / step).ceil();
        let places = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let ticks = (0..=about + 1).map(|k| (first + k as f64) * step);
        (ticks.filter(|tick| *tick <= self.high).collect(), places)
    }

    /// Along the bottom, at `y`.
    pub(super) fn below(&self, y: f64, name: &str) -> Markup {
        let (ticks, places) = self.ticks(4);
        html! {
            (line((self.from, y), (self.to, y), INK, 1.0, ""))
            @for tick in ticks {
                (line((self.place(tick), y), (self.place(tick), y + 4.0), INK, 1.0, ""))
                (label((self.place(tick), y + 4.0 + LETTERS), "middle", &decimals(tick, places)))
            }
            (label(((self.from + self.to) / 2.0, y + 8.0 + 2.4 * LETTERS), "middle", name))
        }
    }

    /// Along the left, at `x`, its places going up; with pale lines as far as `right`.
    pub(super) fn beside(&self, x: f64, right: f64) -> Markup {
        let (ticks, places) = self.ticks(4);
        html! {
            @for tick in ticks {
                (line((x, self.place(tick)), (right, self.place(tick)), PALE, 0.5, ""))
                (label((x - 5.0, self.place(tick) + LETTERS / 3.0), "end", &decimals(tick, places)))
            }
            (line((x, self.from), (x, self.to), GREY, 1.0, ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn ticks_are_round_and_few() {
        for (low, high) in [
            (0.0, 1.0),
            (19_000.0, 22_400.0),
            (-106.0, 0.0),
            (1.0, 1.0),
            (-1e300, 1e300),
            (0.0, 1e-12),
        ] {
            let (ticks, _) = Axis::over([low, high], 0.0, 100.0).ticks(4);
            assert!((1..=6).contains(&ticks.len()), "{low} {high} {ticks:?}");
        }
    }

    #[test]
    fn every_value_has_a_place() {
        for values in [
            vec![],
            vec![f64::NAN],
            vec![f64::INFINITY, 3.0],
            vec![f64::MIN, f64::MAX],
        ] {
            let axis = Axis::over(values.clone(), 10.0, 90.0);
            for value in values.into_iter().chain([0.0, f64::NEG_INFINITY]) {
                assert!((10.0..=90.0).contains(&axis.place(value)), "{value}");
                assert!(axis.bin(value, 7) < 7);
            }
        }
    }
}
