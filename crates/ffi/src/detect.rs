//! Are these tokens marked?

use crate::guard::{Fault, caught, check_out, slice, told, write};
use crate::mark::Mark;
use crate::status::Status;
use crate::threads::pool;
use hallmark_core::mark::Mark as CoreMark;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use hallmark_detector::finding::{Finding, Found as Kind};
use std::ffi::c_char;

/// What was found.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// Distinct cells that were scored.
    pub scored: u64,
    /// The sum of their scores in the scheme's unit: nats, green tokens or one bits.
    pub statistic: f64,
    /// What a random key would give.
    pub expected: f64,
    /// log10 of how often a random key would give as much (T1), at most 0, rounded up.
    pub log10_p: f64,
}

/// Scores `length` tokens of one text under a mark, on the library's threads. Nothing is left out as shown: give generated tokens only. Fewer than 25 scored cells say
/// nothing.
///
/// # Safety
/// `mark` is a mark; `tokens` has `length` tokens; `out` has room; `error` has `error_size` bytes, or it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hallmark_detect(
    mark: *const Mark,
    tokens: *const u32,
    length: usize,
    out: *mut Found,
    error: *mut c_char,
    error_size: usize,
) -> Status {
    let found = caught(|| {
        // SAFETY: null or a mark.
        let mark = unsafe { mark.as_ref() }.ok_or_else(|| Fault::argument("mark is null"))?;
        // SAFETY: the caller promises as many tokens.
        let tokens = unsafe { slice(tokens, length)? };
        check_out(out)?;
        if let Some(token) = tokens
            .iter()
            .find(|&&token| token as usize >= mark.vocabulary)
        {
            return Err(Fault::new(
                Status::HallmarkBadRow,
                &format!(
                    "token {token} is not below the profile's vocabulary of {}",
                    mark.vocabulary
                ),
            ));
        }
        let finding = match pool()? {
            Some(pool) => pool.install(|| finding(&mark.mark, tokens)),
            None => finding(&mark.mark, tokens),
        }?;
        let expected = match &finding.found {
            Kind::T1(found) => found.expected,
            _ => 0.0,
        };
        let found = Found {
            scored: finding.scored,
            statistic: finding.statistic(),
            expected,
            log10_p: finding.log10_p.value(),
        };
        // SAFETY: the caller promises room.
        unsafe { write(out, found) }
    });
    // SAFETY: as the caller promises.
    unsafe { told(&found, error, error_size) }
}

/// T1 of one text.
fn finding(mark: &CoreMark, tokens: &[u32]) -> Result<Finding, Fault> {
    let mut raw = RawCells::new(mark.window());
    raw.push(tokens, Exposure::NOTHING)
        .map_err(|error| Fault::new(Status::HallmarkBadRow, &error))?;
    let mut detection = Detection::new([mark], DedupKind::Exact);
    let many = |error: &dyn ToString| Fault::new(Status::HallmarkTooMany, &error.to_string());
    detection.observe(&raw).map_err(|error| many(&error))?;
    let mut findings = detection.finish().map_err(|error| many(&error))?;
    findings
        .pop()
        .ok_or_else(|| Fault::argument("a mark has a finding"))
}
