//! How many generators stand side by side, and how far they go at a time.

/// Generators side by side: as many as one vector holds in the widest unit.
pub const LANES: usize = 16;

/// Steps that are taken at a time. A block of the generator is a whole number of chunks.
pub(crate) const CHUNK: usize = 16;

/// One number for each generator.
pub(crate) type Lane = [u32; LANES];
