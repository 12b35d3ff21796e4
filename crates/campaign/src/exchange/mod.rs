//! The exchange test: do accounts agree in their minutes more than their own habits explain?
//!
//! The proof that its e-values are valid is `docs/tests/exchange.md`.

mod classes;
mod group;
mod how;
mod lines;
mod look;
mod random;
mod room;
mod soft_rank;
mod unusual;

pub use classes::Within;
pub(crate) use group::test_as_one;
pub use group::{SCREEN, Tested, test};
pub use how::Test;
pub(crate) use random::Stream;
pub use soft_rank::{Evidence, POWERS};
pub use unusual::Population;
pub(crate) use unusual::{Habit, LeftOut, Minutes, active, each_bit};
