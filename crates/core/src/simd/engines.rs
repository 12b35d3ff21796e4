//! Other engines' functions over batches and rows, compiled for every vector unit.

use crate::cells::{CellBatch, TokenId};
use crate::foreign::murmur::SglangMurmur;
use crate::foreign::philox::VllmPhilox;
use crate::foreign::synthid::{Columns, LayerScores, SynthId2025, histogram_portable};
use crate::foreign::textseal::SealScores;
use crate::simd::for_every_unit;

for_every_unit! {
    philox_words(prf: &VllmPhilox, cells: &CellBatch, out: &mut [u32]) = VllmPhilox::words_portable
}

for_every_unit! {
    philox_row(prf: &VllmPhilox, window: &[TokenId], first: TokenId, out: &mut [u32])
        = VllmPhilox::row_portable
}

for_every_unit! {
    murmur_words(prf: &SglangMurmur, cells: &CellBatch, out: &mut [u32])
        = SglangMurmur::words_portable
}

for_every_unit! {
    murmur_row(prf: &SglangMurmur, window: &[TokenId], first: TokenId, out: &mut [u32])
        = SglangMurmur::row_portable
}

for_every_unit! {
    synthid_words(prf: &SynthId2025, cells: &CellBatch, out: &mut [u32])
        = SynthId2025::words_portable
}

for_every_unit! {
    synthid_row(prf: &SynthId2025, window: &[TokenId], first: TokenId, out: &mut [u32])
        = SynthId2025::row_portable
}

for_every_unit! {
    layer_sums(scores: &LayerScores, units: &[u64], numbers: &[u64], sums: &mut [u64])
        = LayerScores::add_sums_portable
}

for_every_unit! {
    seal_sums(scores: &SealScores, units: &[u64], keys: &[u64], sums: &mut [u64])
        = SealScores::add_sums_portable
}

for_every_unit! {
    synthid_histogram(columns: &Columns, states: &[u16], keys: &mut [u32]) = histogram_portable
}
