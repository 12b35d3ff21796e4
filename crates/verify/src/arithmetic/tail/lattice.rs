//! The lattice of the rates of counts.

/// 2³²: rates of counts are whole multiples of one over it.
pub(crate) const LATTICE: u64 = 1 << 32;
