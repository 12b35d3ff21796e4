//! What the rounds of every unit have in common: how many, on which words, and what they start from.

pub(super) const DOUBLE_ROUNDS: usize = 6;

/// "expand 32-byte k"
pub(super) const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// The eight quarter rounds of a column round and a diagonal round.
macro_rules! double_round {
    ($quarter:path, $state:ident) => {
        $quarter(&mut $state, [0, 4, 8, 12]);
        $quarter(&mut $state, [1, 5, 9, 13]);
        $quarter(&mut $state, [2, 6, 10, 14]);
        $quarter(&mut $state, [3, 7, 11, 15]);
        $quarter(&mut $state, [0, 5, 10, 15]);
        $quarter(&mut $state, [1, 6, 11, 12]);
        $quarter(&mut $state, [2, 7, 8, 13]);
        $quarter(&mut $state, [3, 4, 9, 14]);
    };
}
pub(super) use double_round;
