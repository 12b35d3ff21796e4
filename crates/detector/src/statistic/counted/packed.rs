//! Cells, each one integer, so that equal cells and equal windows stand together once sorted.

use crate::finding::MAX_WINDOW;
use hallmark_core::cells::TokenId;

/// A window and its token: 24 bits each, the oldest highest, the token lowest.
pub(in crate::statistic) type Packed = u128;

/// Bits of a token.
const BITS: u32 = 24;

const _: () = assert!(MAX_WINDOW == (u128::BITS / BITS) as usize - 1);

/// Packs a window followed by its token, or any stretch of up to five tokens.
pub(in crate::statistic) fn pack(tokens: &[TokenId]) -> Packed {
    tokens
        .iter()
        .fold(0, |packed, &token| packed << BITS | Packed::from(token))
}

/// The token of a cell.
pub(in crate::statistic) fn token(cell: Packed) -> TokenId {
    suffix(cell, 1) as TokenId
}

/// The window of a cell, packed.
pub(in crate::statistic) fn window(cell: Packed) -> Packed {
    cell >> BITS
}

/// The cell of a packed window and a token.
pub(in crate::statistic) fn cell(window: Packed, token: TokenId) -> Packed {
    window << BITS | Packed::from(token)
}

/// The newest `tokens` tokens.
pub(in crate::statistic) fn suffix(packed: Packed, tokens: usize) -> Packed {
    packed & ((1 << (BITS * tokens as u32)) - 1)
}

/// Writes `into.len()` tokens, oldest first.
pub(in crate::statistic) fn unpack(mut packed: Packed, into: &mut [TokenId]) {
    for token in into.iter_mut().rev() {
        *token = suffix(packed, 1) as TokenId;
        packed >>= BITS;
    }
}

/// Runs of equal items in a sorted slice, each with its length.
pub(in crate::statistic) fn runs<T: PartialEq + Copy>(
    sorted: &[T],
) -> impl Iterator<Item = (T, u32)> {
    sorted
        .chunk_by(PartialEq::eq)
        .map(|run| (run[0], run.len() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_undone_by_unpacking() {
        let tokens = [0xFF_FFFE, 0, 7, 0x12_3456, 1];
        let cell_ = pack(&tokens);
        assert_eq!(token(cell_), 1);
        assert_eq!(cell(window(cell_), 1), cell_);
        assert_eq!(window(cell_), pack(&tokens[..4]));
        assert_eq!(suffix(cell_, 2), pack(&tokens[3..]));
        let mut unpacked = [9; 5];
        unpack(cell_, &mut unpacked);
        assert_eq!(unpacked, tokens);
    }

    #[test]
    fn runs_count_equal_items() {
        let counted: Vec<_> = runs(&[1, 1, 2, 5, 5, 5]).collect();
        assert_eq!(counted, [(1, 2), (2, 1), (5, 3)]);
    }
}
