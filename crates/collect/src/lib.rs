//! Asking a suspect: prompts go to an endpoint in the dialect that it speaks, or into a batch, answers come back as records,
//! and everything that was sent and received is kept.
//!
//! The only part of Hallmark that opens a network connection. It never reads a mark's key, and
//! nothing here depends on one.
//!
//! ```text
//! prompts → requests (paced, repeated on failure) → exchanges → log, and answers → records
//! ```
//!
//! - **Stateless**: each request holds its own prompt and nothing of the others.
//! - **Recorded**: each attempt is a line of the [`log`], with the request and the response as
//!   they were, their SHA-256, the time and the status. Lines are only ever added.
//! - **Resumable**: an [answer](answers) that is there is not asked for again; a line that a crash
//!   tore is put aside.
//! - **Discreet**: the API key is in the request's header and nowhere else; where a response
//!   repeats it, it is blotted out.

#[cfg(feature = "client")]
mod address;
pub mod answer;
pub mod answers;
pub mod api;
#[cfg(feature = "client")]
mod appended;
pub mod asking;
#[cfg(feature = "client")]
pub mod batch;
#[cfg(feature = "client")]
mod client;
pub mod compare;
#[cfg(feature = "client")]
mod concern;
mod error;
#[cfg(feature = "client")]
mod events;
pub mod fault;
#[cfg(feature = "client")]
mod keeper;
pub mod log;
mod mismatch;
#[cfg(feature = "client")]
mod pace;
#[cfg(feature = "client")]
mod plan;
#[cfg(feature = "client")]
mod post;
pub mod prompts;
#[cfg(feature = "client")]
mod retry;
#[cfg(feature = "client")]
mod run;
#[cfg(feature = "client")]
mod secret;
pub mod shape;
#[cfg(feature = "client")]
mod stop;
#[cfg(feature = "client")]
mod summary;
#[cfg(feature = "client")]
mod text;
#[cfg(feature = "client")]
mod waits;
#[cfg(feature = "client")]
mod worker;

pub use error::{CollectError, Refusal};
#[cfg(feature = "client")]
pub use plan::Plan;
#[cfg(feature = "client")]
pub use post::{PostError, post};
#[cfg(feature = "client")]
pub use run::collect;
#[cfg(feature = "client")]
pub use secret::ApiKey;
#[cfg(feature = "client")]
pub use stop::Stop;
#[cfg(feature = "client")]
pub use summary::{Answering, Ending, Failed, Summary};
