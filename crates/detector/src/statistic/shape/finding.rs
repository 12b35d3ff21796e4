//! The finding of T8.

use super::largest::Shape;
use crate::error::ExaminationError;
use crate::finding::{Finding, Found};
use crate::scores::Tally;
use crate::seen::Seen;

/// T8 of one key.
pub(crate) fn finding(
    shape: &Shape,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Finding, ExaminationError> {
    let shape = shape.finding()?;
    let found = Found::T8((&shape).into());
    Ok(seen.finding(found, key, shape.log10_p))
}
