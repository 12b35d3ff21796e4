//! Other engines' marks under their keys: one file an engine.

pub(super) mod kgw;
pub(super) mod sglang;
pub(super) mod synthid;
pub(super) mod textseal;
pub(super) mod three_bricks;
pub(super) mod vllm;

mod few_keys;
mod lists;
