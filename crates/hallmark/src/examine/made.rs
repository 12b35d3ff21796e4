//! The tests of one examination, made of whatever is observed.

use crate::error::{Error, Result};
use crate::marks;
use hallmark_core::keys::Key;
use hallmark_core::profile::Profile;
use hallmark_detector::disclosure::Disclosed;
use hallmark_detector::error::ExaminationError;
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::{Counts, Finding, Test};
use hallmark_detector::statistic::admission::{Refused, admits};

/// The tests of one examination.
#[derive(Clone, Debug)]
pub struct Made<T> {
    /// What observing gave.
    pub read: T,
    /// What was read and what was left out.
    pub counts: Counts,
    /// Every test under every key.
    pub tests: Vec<Finding>,
    /// What can be shown of each cell, where the plan asks for it.
    pub disclosed: Option<Disclosed>,
    /// T3, T5 or T8, where marks of this scheme cannot have them.
    pub left_out: Vec<Refused>,
}

/// Makes the tests of `plan` under `keys`; `observe` shows the answers to the examination.
///
/// T3, T5 and T8 need nothing beside the answers, so they are left out where the mark may not have them; a test that something was
/// given for is an error there.
///
/// # Errors
/// When a key does not fit the profile, a test cannot be made of the mark, or observing fails.
pub fn make<T>(
    profile: &Profile,
    keys: &[Key],
    plan: Plan,
    observe: impl FnOnce(&mut Examination) -> Result<T>,
) -> Result<Made<T>> {
    let first = keys.first().ok_or(Error::from(ExaminationError::NoKey))?;
    let mark = marks::mark(profile, first)?;
    let no_shape = plan.shape.then(|| admits(&mark, Test::T8).err()).flatten();
    let shape = plan.shape && no_shape.is_none();
    let (plan, mut left_out) = Plan { shape, ..plan }.for_mark(&mark);
    left_out.extend(no_shape);
    let mut examination = Examination::new(profile, keys, plan)?;
    let read = observe(&mut examination)?;
    let counts = *examination.counts();
    let (tests, disclosed) = examination.finish_disclosing()?;
    Ok(Made {
        read,
        counts,
        tests,
        disclosed,
        left_out,
    })
}
