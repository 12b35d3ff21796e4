//! Keys and values of the positions already seen, kept as 16-bit whole numbers.

use super::attend::{LANES, Mixed, attend};
use super::shape::Shape;
use super::vector::vectorised;
use crate::decode::Row;

/// Keys (turned to their positions) and values of one layer.
///
/// Each row of a key or value head is kept as 16-bit whole numbers times its largest magnitude / 32,767, which halves
/// the memory that a step reads and errs by 1.5e-5 of that magnitude.
pub(super) struct Cache {
    shape: Shape,
    /// Positions of each slot, rounded up to whole blocks of [`LANES`].
    positions: usize,
    /// `[slot][group][block][head][lane]`: lanes are positions, so that scores need no sums across a vector.
    keys: Vec<i16>,
    /// `[slot][group][position][head]`.
    values: Vec<i16>,
    /// `[slot][group][position]`.
    key_scales: Vec<f32>,
    value_scales: Vec<f32>,
}

/// Bytes of all layers' keys and values of one slot.
pub(super) fn bytes(shape: &Shape, positions: usize) -> usize {
    let row = 2 * (2 * shape.head + 4);
    shape.layers * shape.groups * positions.next_multiple_of(LANES) * row
}

impl Cache {
    pub(super) fn new(shape: &Shape, slots: usize, positions: usize) -> Self {
        let positions = positions.next_multiple_of(LANES);
        let rows = slots * shape.groups * positions;
        Self {
            shape: *shape,
            positions,
            keys: vec![0; rows * shape.head],
            values: vec![0; rows * shape.head],
            key_scales: vec![0.0; rows],
            value_scales: vec![0.0; rows],
        }
    }

    /// Puts the packed rows' keys and values in their places, and attends from each row to all places up to its own.
    pub(super) fn attend(&mut self, rows: &[Row], packed: &[f32], turns: &Turns) -> Vec<f32> {
        let width = self.shape.heads * self.shape.head;
        let stride = width + 2 * self.shape.groups * self.shape.head;
        let mut out = vec![0.0; rows.len() * width];
        vectorised(
            #[inline(always)]
            || {
                let mut queries = vec![0.0; width];
                let mut scratch = Vec::new();
                let all = rows
                    .iter()
                    .zip(packed.chunks_exact(stride))
                    .zip(out.chunks_exact_mut(width));
                for ((row, packed), out) in all {
                    let (asked, kept) = packed.split_at(width);
                    turns.turn(row.position, asked, &mut queries);
                    self.keep(row, kept, turns);
                    self.mix(row, &queries, &mut scratch, out);
                }
            },
        );
        out
    }

    /// Keeps a row's keys and values.
    #[inline(always)]
    fn keep(&mut self, row: &Row, kept: &[f32], turns: &Turns) {
        let head = self.shape.head;
        let (keys, values) = kept.split_at(self.shape.groups * head);
        let mut turned = vec![0.0; keys.len()];
        turns.turn(row.position, keys, &mut turned);
        let pairs = turned.chunks_exact(head).zip(values.chunks_exact(head));
        for (group, (key, value)) in pairs.enumerate() {
            let at = self.first_row(row.slot, group) + row.position;
            self.value_scales[at] = to_whole(value, &mut self.values[at * head..][..head]);
            let lane = row.position % LANES;
            let block = &mut self.keys[(at - lane) * head..][..LANES * head];
            self.key_scales[at] = to_whole_lane(key, block, lane);
        }
    }

    /// The mixed values of a row's heads.
    #[inline(always)]
    fn mix(&self, row: &Row, queries: &[f32], scratch: &mut Vec<f32>, out: &mut [f32]) {
        let (head, each) = (self.shape.head, self.shape.heads / self.shape.groups);
        let heads = queries.chunks_exact(each * head);
        let outs = out.chunks_exact_mut(each * head);
        for (group, (queries, out)) in heads.zip(outs).enumerate() {
            let first = self.first_row(row.slot, group);
            let rows = first..first + self.positions;
            let mixed = Mixed {
                head,
                seen: row.position + 1,
                keys: &self.keys[rows.start * head..rows.end * head],
                values: &self.values[rows.start * head..rows.end * head],
                key_scales: &self.key_scales[rows.clone()],
                value_scales: &self.value_scales[rows],
            };
            attend(&mixed, queries, scratch, out);
        }
    }

    #[inline(always)]
    fn first_row(&self, slot: usize, group: usize) -> usize {
        (slot * self.shape.groups + group) * self.positions
    }
}

/// Rounds a row to whole numbers; returns what to multiply them by.
#[inline(always)]
fn to_whole(row: &[f32], out: &mut [i16]) -> f32 {
    let (scale, inverse) = scales(row);
    for (out, &x) in out.iter_mut().zip(row) {
        *out = rounded(x * inverse);
    }
    scale
}

#[inline(always)]
fn to_whole_lane(row: &[f32], block: &mut [i16], lane: usize) -> f32 {
    let (scale, inverse) = scales(row);
    for (out, &x) in block.chunks_exact_mut(LANES).zip(row) {
        out[lane] = rounded(x * inverse);
    }
    scale
}

#[inline(always)]
fn scales(row: &[f32]) -> (f32, f32) {
    let largest = row.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    if largest > 0.0 {
        (largest / 32_767.0, 32_767.0 / largest)
    } else {
        (0.0, 0.0)
    }
}

#[inline(always)]
fn rounded(x: f32) -> i16 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2^23: adding and subtracting it rounds to an integer
    ((x + ROUND) - ROUND) as i32 as i16
}

/// Rotary positions (Su et al. 2021) of neighbouring pairs, as GGUF files of this architecture are arranged.
pub(super) struct Turns {
    head: usize,
    /// (cosine, sine) by position and pair.
    angles: Vec<(f32, f32)>,
}

impl Turns {
    pub(super) fn new(shape: &Shape, positions: usize) -> Self {
        let pairs = shape.head / 2;
        let angles = (0..positions)
            .flat_map(|position| (0..pairs).map(move |pair| (position, pair)))
            .map(|(position, pair)| {
                let exponent = -(pair as f64) / pairs as f64;
                let angle = position as f64 * f64::from(shape.base).powf(exponent);
                (angle.cos() as f32, angle.sin() as f32)
            })
            .collect();
        Self {
            head: shape.head,
            angles,
        }
    }

    /// Turns the heads of `row` to `position`.
    #[inline(always)]
    fn turn(&self, position: usize, row: &[f32], out: &mut [f32]) {
        let pairs = self.head / 2;
        let angles = &self.angles[position * pairs..][..pairs];
        let heads = row.chunks_exact(self.head);
        for (row, out) in heads.zip(out.chunks_exact_mut(self.head)) {
            let both = row.chunks_exact(2).zip(out.chunks_exact_mut(2));
            for ((row, out), &(cos, sin)) in both.zip(angles) {
                out[0] = row[0] * cos - row[1] * sin;
                out[1] = row[1] * cos + row[0] * sin;
            }
        }
    }
}
