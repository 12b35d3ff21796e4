//! The finding of T8.

use super::Shape;
use crate::error::ExaminationError;
use crate::finding::{Finding, Test};
use crate::scores::Tally;
use crate::seen::Seen;

/// T8 of one key.
pub(crate) fn finding(
    shape: &Shape,
    seen: &Seen<'_>,
    key: &Tally,
) -> Result<Finding, ExaminationError> {
    let shape = shape.finding()?;
    Ok(Finding {
        statistic: shape.log10_smallest,
        shape: Some(shape),
        ..seen.finding(Test::T8, key, shape.log10_p)
    })
}
