//! Talk with a model, whoever wrote it down: turns, their parts, and replies.
//!
//! Services differ in names and nesting, and agree in what there is: a turn has a speaker, and parts that are text, thoughts, calls of
//! tools, results of tools, or something else. So turns are read by their parts, and not by the name of a product.

mod fault;
mod kind;
mod message;
mod order;
mod part;
mod reply;
mod request;
mod roles;
mod template;
mod withheld;

pub(crate) use fault::Fault;
pub(crate) use kind::Kind;
pub(crate) use message::{Message, messages, turns};
pub(crate) use reply::{Replied, Reply, replies};
pub(crate) use request::asked;
pub use roles::Roles;
pub(crate) use template::chat_in;
pub(crate) use withheld::is_withheld;
