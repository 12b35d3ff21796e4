//! The parts of a small transformer between its matrix products, each with its gradient, as plain loops over rows.
//!
//! None of them starts a thread: work is shared out by whole sequences, above. Every sum runs in one fixed order.

mod activation;
mod add;
mod attention;
mod exp;
mod loss;
mod norm;
mod tensors;

pub(crate) use activation::{squared_relu, squared_relu_gradient};
pub(crate) use add::add;
pub(crate) use attention::{Attention, HEAD, Rotary, attend_one};
pub(crate) use exp::exp;
pub(crate) use loss::{IGNORED, cross_entropy, cross_entropy_gradient};
pub(crate) use norm::{normalise, normalise_gradient};
pub(crate) use tensors::{matrix, with_values};
