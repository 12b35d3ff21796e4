//! A text's distinct cells, as no key changes them.

/// The distinct cells of `tokens` (a window of `window` tokens and the token after it), in order.
///
/// Their number is what `too-short` goes by, and their set is what the dither hangs on: anyone with the tokenizer can count
/// them, so they give nothing away; and text that is said twice, or in another order, is the same text but for a few cells
/// at the joints.
pub(crate) fn distinct(tokens: &[u32], window: usize) -> Vec<&[u32]> {
    let mut cells: Vec<&[u32]> = tokens.windows(window + 1).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn each_cell_counts_once() {
        assert_eq!(
            distinct(&[5, 1, 2, 9, 1, 2, 9], 2),
            [&[1, 2, 9], &[2, 9, 1], &[5, 1, 2], &[9, 1, 2]]
        );
        assert_eq!(distinct(&[1; 1000], 1), [&[1, 1]]);
        assert!(distinct(&[1, 2], 2).is_empty());
        assert!(distinct(&[], 4).is_empty());
    }
}
