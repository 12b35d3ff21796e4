//! From usage logs to groups of accounts that act as one, with a stated rate of false accusation.
//!
//! [`read`] turns logs into [`traffic`]: pseudonyms, active minutes, shared values. [`propose`] finds groups by what accounts shared in the
//! first weeks. [`exchange`] tests each of them on the weeks after, by minutes alone. [`lists`] says who is on which list, [`scan`] does all of
//! it, and [`visible`] says what could have been seen.
//!
//! Randomness is `ChaCha8` keyed by seed, week and account, sums are whole numbers, and accounts stand in the order of their pseudonyms: results
//! do not depend on the number of threads, on the order of the input, or on how it is split into files.

pub mod character;
mod cleared;
mod described;
pub mod exchange;
pub mod follow;
mod judged;
mod kin;
pub mod lists;
mod matching;
pub mod propose;
pub mod pseudonym;
pub mod read;
pub mod results;
pub mod scan;
pub mod traffic;
pub mod visible;
