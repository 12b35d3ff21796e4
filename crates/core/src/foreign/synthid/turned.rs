//! One layer of `hf-synthid` under every key at once.
//!
//! Layer l of the 16-bit state c has bit `table[(c + k_l)·M + 1]`, M odd: with T(x) = `table[x·M + 1]`
//! it is T(c + k), the table turned by the state, at the key. So the sums f(k) = Σ T(c + k) over states
//! c, for all 65,536 keys k, are the sums of turned tables of bits. They are added as hardware adds
//! them: the counts of many keys lie in bit planes, and a full adder takes three planes to two with
//! five operations on as many keys as a vector has bits.

use alloc::vec::Vec;
use core::fmt;

use super::HfSynthId;
use crate::simd::Lanes;

/// T, ready to be turned by any state.
pub struct TurnedTable {
    columns: Columns,
    /// How many keys have a one.
    ones: u32,
}

/// Bit x of version b is T(x + b), and each version is twice in a row, so that T turned by c begins at
/// byte ⌊c/8⌋ of version c mod 8.
struct Columns {
    versions: [Vec<u8>; 8],
}

const STATES: usize = 1 << 16;

/// Bytes of a table, and of the part of it that is added at a time.
const TABLE: usize = STATES / 8;
const PART: usize = 256;

/// Keys of a part: one bit of a plane for each.
type Plane = [u8; PART];

/// Planes of a count: sums are at most 2¹⁵.
const PLANES: usize = 16;

impl TurnedTable {
    /// Makes T: 128 KiB.
    #[must_use]
    pub fn new() -> Self {
        let layer = HfSynthId::new(&[0], 1);
        let bit = |x: usize| layer.word_of_cell(x as u16) as u8;
        let version = |b| {
            (0..2 * TABLE)
                .map(|byte| (0..8).fold(0, |bits, i| bits | bit(byte * 8 + i + b) << i))
                .collect()
        };
        Self {
            columns: Columns {
                versions: core::array::from_fn(version),
            },
            ones: (0..STATES).map(|x| u32::from(bit(x))).sum(),
        }
    }

    /// For each sum, how many of the 65,536 keys give it to the distinct `states`: from the first sum
    /// that some key gives to the last, with the first.
    #[must_use]
    pub fn sums(&self, states: &[u16]) -> (u32, Vec<u32>) {
        // Every key gives all states together the same sum: the fewer are added.
        let rest = (states.len() > STATES / 2).then(|| others(states));
        let added = rest.as_deref().unwrap_or(states);
        let mut keys = alloc::vec![0; added.len() + 1];
        Lanes::detect().run(
            #[inline(always)]
            || histogram_portable(&self.columns, added, &mut keys),
        );
        let first = keys.iter().position(|&keys| keys > 0).unwrap_or(0);
        let last = keys.iter().rposition(|&keys| keys > 0).unwrap_or(0);
        keys.truncate(last + 1);
        keys.drain(..first);
        match rest {
            None => (first as u32, keys),
            Some(_) => {
                keys.reverse();
                (self.ones - last as u32, keys)
            }
        }
    }
}

impl Default for TurnedTable {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TurnedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnedTable").finish_non_exhaustive()
    }
}

fn others(states: &[u16]) -> Vec<u16> {
    let mut there = alloc::vec![false; STATES];
    for &state in states {
        there[usize::from(state)] = true;
    }
    (0..=u16::MAX)
        .filter(|&state| !there[usize::from(state)])
        .collect()
}

impl Columns {
    /// The table turned by `state`, in parts.
    #[inline(always)]
    fn turned(&self, state: u16) -> &[Plane; TABLE / PART] {
        let bytes = &self.versions[usize::from(state % 8)][usize::from(state / 8)..];
        let (parts, _) = bytes.as_chunks();
        parts.first_chunk().expect("the table is there twice")
    }
}

/// Counts the keys of each sum in `keys`, which has room for as many sums as there are states and one.
#[inline(always)]
fn histogram_portable(columns: &Columns, states: &[u16], keys: &mut [u32]) {
    let planes_used = (usize::BITS - states.len().leading_zeros()) as usize;
    assert!(planes_used <= PLANES, "at most half of all states");
    // Neighbouring keys often have the same sum: they are counted apart, or each would wait for the last.
    let mut apart = alloc::vec![[0_u32; 4]; keys.len()];
    let mut turned: Vec<&[Plane; TABLE / PART]> = Vec::with_capacity(states.len());
    turned.extend(states.iter().map(|&state| columns.turned(state)));
    for part in 0..TABLE / PART {
        let mut planes = [[0; PART]; PLANES];
        let planes = &mut planes[..planes_used.max(3)];
        for group in turned.chunks(8) {
            let mut bits = [&[0; PART]; 8];
            for (bits, turned) in bits.iter_mut().zip(group) {
                *bits = &turned[part];
            }
            add(planes, bits);
        }
        count(planes, &mut apart);
    }
    for (keys, apart) in keys.iter_mut().zip(&apart) {
        *keys = apart.iter().sum();
    }
}

/// Adds eight bits to each key's count: seven full adders for the planes of 1, 2 and 4, then the carry
/// of 8 as far as the planes go.
#[inline(always)]
fn add(planes: &mut [Plane], bits: [&Plane; 8]) {
    let (low, high) = planes.split_at_mut(3);
    let mut carry = [0; PART];
    let [mut ones, mut twos, mut fours] = [low[0], low[1], low[2]];
    for i in 0..PART {
        let (one, two_a) = full_adder(ones[i], bits[0][i], bits[1][i]);
        let (one, two_b) = full_adder(one, bits[2][i], bits[3][i]);
        let (one, two_c) = full_adder(one, bits[4][i], bits[5][i]);
        let (one, two_d) = full_adder(one, bits[6][i], bits[7][i]);
        let (two, four_a) = full_adder(twos[i], two_a, two_b);
        let (two, four_b) = full_adder(two, two_c, two_d);
        (fours[i], carry[i]) = full_adder(fours[i], four_a, four_b);
        (ones[i], twos[i]) = (one, two);
    }
    [low[0], low[1], low[2]] = [ones, twos, fours];
    for plane in high {
        for i in 0..PART {
            let both = plane[i] & carry[i];
            plane[i] ^= carry[i];
            carry[i] = both;
        }
    }
}

#[inline(always)]
fn full_adder(a: u8, b: u8, c: u8) -> (u8, u8) {
    (a ^ b ^ c, a & b | c & (a ^ b))
}

/// Counts the keys of a part by their sums, whose bits lie in planes.
#[inline(always)]
fn count(planes: &[Plane], apart: &mut [[u32; 4]]) {
    for bit in 0..8 {
        let mut bytes = [[0; PART]; 2];
        for (bytes, planes) in bytes.iter_mut().zip(planes.chunks(8)) {
            for (weight, plane) in planes.iter().enumerate() {
                for i in 0..PART {
                    bytes[i] |= (plane[i] >> bit & 1) << weight;
                }
            }
        }
        for i in 0..PART {
            let sum = usize::from(bytes[0][i]) | usize::from(bytes[1][i]) << 8;
            apart[sum][i % 4] += 1;
        }
    }
}
