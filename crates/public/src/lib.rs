//! A public detector: anyone may ask over HTTP whether a text is marked, and hears one word.
//!
//! `found`, `not-found` or `too-short`, and no score, no p-value, no key's name: answers with scores let whoever asks often learn
//! the mark. What one word still gives away, and what stands against it, is in `docs/public-detector.md`. Callers with a
//! token get the whole finding of `detect`.
//!
//! | | |
//! |---|---|
//! | [`Config`] | the file: keys, level, limits, tokens, the log |
//! | [`Judge`] | what answers; [`PublicDetector`] does it with marks |
//! | [`Server`] | the socket, with limits, a queue, timeouts, an orderly end |
//! | [`hardening`] | what the process does so that keys stay in it |
//!
//! ```no_run
//! use hallmark_public::{Config, PublicDetector, Server, hardening};
//! use std::sync::Arc;
//!
//! hardening::harden()?;
//! let config = Config::load("public.toml".as_ref())?;
//! let detector = PublicDetector::load(&config)?;
//! Server::bind(&config, Arc::new(detector))?.run()?;
//! # Ok::<(), hallmark::Error>(())
//! ```

mod audit;
mod body;
mod cells;
mod client;
mod config;
mod detector;
mod dither;
mod examination;
pub mod hardening;
mod judge;
mod limits;
mod minimum;
pub mod openapi;
mod question;
mod reply;
mod routes;
mod server;
mod threshold;
mod tokens;
mod workers;

pub use config::{Config, KeyConfig, LimitsConfig, LogConfig, ProxyConfig, TokenConfig};
pub use detector::PublicDetector;
pub use examination::{Examination, Examined};
pub use judge::{Answer, Facts, Judge, Refused};
pub use question::Question;
pub use server::{Handle, Server};
