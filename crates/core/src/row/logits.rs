//! Rows of single or half precision.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use std::cell::RefCell;
use std::vec::Vec;

/// A row of logits, indexed by token.
pub enum Logits<'a> {
    /// Single precision.
    F32(&'a mut [f32]),
    /// IEEE half precision.
    F16(&'a mut [f16]),
    /// bfloat16.
    Bf16(&'a mut [bf16]),
}

thread_local! {
    /// A row in single precision, of each thread.
    static WIDENED: RefCell<Vec<f32>> = RefCell::default();
}

impl Logits<'_> {
    /// Does something with the row in single precision, and takes back what became of it if `keep`. Not to be called within `work`.
    pub fn with<R>(&mut self, keep: bool, work: impl FnOnce(&mut [f32]) -> R) -> R {
        match self {
            Self::F32(row) => work(row),
            Self::F16(row) => widened(*row, keep, work),
            Self::Bf16(row) => widened(*row, keep, work),
        }
    }
}

fn widened<R>(
    row: &mut (impl HalfFloatSliceExt + ?Sized),
    keep: bool,
    work: impl FnOnce(&mut [f32]) -> R,
) -> R {
    WIDENED.with_borrow_mut(|widened| {
        widened.resize(row.reinterpret_cast().len(), 0.0);
        row.convert_to_f32_slice(widened);
        let result = work(widened);
        if keep {
            row.convert_from_f32_slice(widened);
        }
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_taken_back_only_where_asked() {
        let mut half = [1.5, f32::NEG_INFINITY].map(f16::from_f32);
        let mut brain = [1.5, f32::NEG_INFINITY].map(bf16::from_f32);
        for mut row in [Logits::F16(&mut half), Logits::Bf16(&mut brain)] {
            for (keep, before) in [(false, 1.5), (true, 1.5), (false, 2.5)] {
                row.with(keep, |row| {
                    assert_eq!(row, [before, f32::NEG_INFINITY]);
                    row[0] += 1.0;
                });
            }
        }
    }
}
