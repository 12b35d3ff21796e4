//! One part of the sum, laid on the grid.

/// The tilted masses of one part, rounded up to the grid: index j stands for origin + j·step.
#[derive(Debug, Clone)]
pub(super) struct Masses {
    /// Index of the first mass.
    pub(super) start: i64,
    /// Upper bounds of the masses, up to `relative`.
    pub(super) mass: Vec<f64>,
    /// Upper bound of the tilted probability that `mass` leaves out.
    pub(super) outside: f64,
    /// The masses may be too small by this relative error.
    pub(super) relative: f64,
    /// Value at index 0.
    pub(super) origin: Origin,
    /// How far a grid point may be from origin + j·step, in the sum's unit.
    pub(super) slack: f64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// Of counts, exactly.
    Whole(i128),
    /// In nats; its error is in the slack.
    Nats(f64),
}
