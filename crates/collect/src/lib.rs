//! Asking a suspect: prompts go to an OpenAI-compatible endpoint, answers come back as records, and
//! everything that was sent and received is kept.
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

mod address;
pub mod answers;
pub mod api;
mod appended;
mod client;
mod error;
mod events;
mod keeper;
pub mod log;
mod pace;
mod plan;
pub mod prompts;
mod retry;
mod run;
mod secret;
mod stop;
mod summary;
mod worker;

pub use error::CollectError;
pub use plan::Plan;
pub use run::collect;
pub use secret::ApiKey;
pub use stop::Stop;
pub use summary::{Failed, Summary};
