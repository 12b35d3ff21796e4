//! What each kind of report is made of.

mod calibrated;
mod campaign;
mod case;
mod detected;
mod examined;
mod planned;
mod scanned;

pub(crate) use calibrated::calibrated;
pub(crate) use campaign::campaign;
pub(crate) use case::case;
pub(crate) use detected::detected;
pub(crate) use examined::examined;
pub(crate) use planned::planned;
pub(crate) use scanned::scanned;
