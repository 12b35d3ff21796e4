//! Results as one self-contained page, as Markdown and as JSON.
//!
//! The JSON of a result is the master. From it come the page and the Markdown, with the same words: both are written from one
//! `Page`, so that no sentence can be in one and another in the other. The page needs nothing else: no network, no
//! script of others, no font.
//!
//! Three readers are thought of. A lawyer learns on page one what was found, how sure that is, and what it does not show. An
//! expert finds every number. A hostile reader finds no sentence that says more than was tested: two significant figures,
//! rounded against the accuser; no verbal scale; "depends on key K", and never who did what.
//!
//! Everything that comes from a result is taken for hostile: it is escaped, stripped of what moves other text about, and cut
//! ([`MOST_CHARACTERS`], [`MOST_ROWS`]).
//!
//! ```
//! use hallmark_report::{Subject, html, markdown};
//! # let planned: hallmark::power::Planned = serde_json::from_str(r#"{"schema": "hallmark/power/1", "version": "0.1.0",
//! #   "scheme": "gumbel", "window": 2, "alpha": 0.001, "power": 0.9, "lift": 0.01, "cells": 191000, "normal_cells": 190000,
//! #   "critical": 192000.0, "reached": 0.9}"#)?;
//!
//! let subject = Subject::Power(&planned);
//! assert!(html(&subject, None).starts_with("<!DOCTYPE html>"));
//! assert!(markdown(&subject).starts_with("# "));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod case;
mod html;
mod markdown;
mod page;
mod picture;
mod sections;
mod subjects;
mod words;

pub use case::{
    Bundle, Case, Commitment, Deviation, Digest, ErrorRate, Evidence, FixedPlan, Item, LineUp,
    Logged, Point, Proposition, REPORT, ReportFormat, Role, Run, Signer, Source, SourcesAre, Tool,
    Variation,
};

pub use page::{MOST_CHARACTERS, MOST_ROWS};

use hallmark::power::Planned;
use hallmark::{Calibrated, Detected, Examined, Scanned};
use hallmark_campaign::results::Campaign;
use page::Page;

/// The page's verifier: `hallmark-verify`, compiled for WebAssembly by `crates/verify-wasm/build`.
pub const VERIFIER: &[u8] = include_bytes!("../assets/verify.wasm");

/// What a report is of.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Subject<'a> {
    /// An examination with the case around it: the fifteen sections.
    Case(&'a Case),
    /// An examination by itself.
    Examined(&'a Examined),
    /// Whether a text is marked.
    Detected(&'a Detected),
    /// Which of several marks is in a text.
    Scanned(&'a Scanned),
    /// How much must be asked.
    Power(&'a Planned),
    /// How often unmarked text is called marked.
    Calibrated(&'a Calibrated),
    /// Why accounts were put together: a scan of usage logs, and one of its campaigns.
    Campaign(&'a hallmark_campaign::results::Scanned, &'a Campaign),
}

/// One self-contained page. The same subject gives the same bytes.
///
/// `verifier` is a WebAssembly module that checks a bundle: a case's page then has a box to drop one on. It exports `memory`,
/// `hallmark_alloc(len: u32) -> u32`, `hallmark_free(ptr: u32, len: u32)` and `hallmark_verify(ptr: u32, len: u32) -> u64`, which
/// takes the bytes of a tar archive and gives where its answer stands (high 32 bits) and how long it is (low 32 bits):
/// `{"schema": "hallmark/verify/1", "holds": …, "checks": [{"what", "verdict", "detail"}]}` in UTF-8. Without it the page names
/// the command instead.
#[must_use]
pub fn html(subject: &Subject<'_>, verifier: Option<&[u8]>) -> String {
    html::write(&page_of(subject), verifier)
}

/// The same in Markdown, without pictures; their numbers are in its tables.
#[must_use]
pub fn markdown(subject: &Subject<'_>) -> String {
    markdown::write(&page_of(subject))
}

fn page_of(subject: &Subject<'_>) -> Page {
    let mut page = match subject {
        Subject::Case(case) => subjects::case(case),
        Subject::Examined(examined) => subjects::examined(examined),
        Subject::Detected(detected) => subjects::detected(detected),
        Subject::Scanned(scanned) => subjects::scanned(scanned),
        Subject::Power(planned) => subjects::planned(planned),
        Subject::Calibrated(calibrated) => subjects::calibrated(calibrated),
        Subject::Campaign(scanned, campaign) => subjects::campaign(scanned, campaign),
    };
    page.sections.extend(sections::glossary(&page));
    page
}
