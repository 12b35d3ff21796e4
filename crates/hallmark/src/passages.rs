//! Marked passages of a document, as tokens and as bytes of its text.

use crate::error::{Error, Result};
use hallmark_corpus::Tokenizer;
use hallmark_detector::detection::localize::{Located, Passage};
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Where the mark is in a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LocatedJson {
    /// Windows that were tried.
    pub tried: u64,
    /// log10 of the smallest p of any window, adjusted for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log10_p_adjusted: Option<Log10P>,
    /// Marked passages.
    pub passages: Vec<PassageJson>,
    /// The document's text as its tokens give it, in which passages have their bytes; where that was asked for, there are any, and a
    /// tokenizer is at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A marked passage. Ranges go from the first to behind the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PassageJson {
    /// Tokens that it most likely takes.
    pub tokens: [usize; 2],
    /// The same in bytes of the text, where the text is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<[usize; 2]>,
    /// Tokens of the tested window: the rest is its.
    pub tested: [usize; 2],
    /// Distinct cells in it.
    pub scored: u64,
    /// The sum of their scores.
    pub statistic: f64,
    /// log10 of its p.
    pub log10_p: Log10P,
    /// Adjusted for all windows of the document.
    pub log10_p_adjusted: Log10P,
    /// How its text begins, for people.
    #[serde(skip)]
    pub excerpt: Option<String>,
}

/// How passages are looked for, and where their text comes from.
pub(crate) struct Passages<'a> {
    pub(crate) level: f64,
    with_text: bool,
    tokenizer: Option<&'a Tokenizer>,
}

/// Characters of an excerpt.
const EXCERPT: usize = 60;

/// Says no to a level that is none.
pub(crate) fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(Error::usage("allowed is above 0, below 1")
        .at(format_args!("--passage-level {level}"))
        .hint("give the largest chance of a false passage in a document, for instance 0.001"))
}

impl<'a> Passages<'a> {
    pub(crate) fn new(level: f64, with_text: bool, tokenizer: Option<&'a Tokenizer>) -> Self {
        Self {
            level,
            with_text,
            tokenizer,
        }
    }

    /// Adds the places in the text, where a tokenizer is at hand and gives the tokens back.
    pub(crate) fn in_text(&self, located: Located, tokens: &[u32]) -> LocatedJson {
        let Located {
            tried,
            log10_p_adjusted,
            passages,
        } = located;
        let ranges: Vec<Range<usize>> = passages.iter().map(|p| p.tokens.clone()).collect();
        let text = if ranges.is_empty() {
            None
        } else {
            self.tokenizer
                .and_then(|tokenizer| tokenizer.stand(tokens, &ranges))
        };
        let passages = passages.into_iter().enumerate().map(|(i, passage)| {
            let place = text
                .as_ref()
                .map(|(text, bytes)| (text.as_str(), bytes[i].clone()));
            PassageJson::new(&passage, place)
        });
        LocatedJson {
            tried,
            log10_p_adjusted,
            passages: passages.collect(),
            text: text.filter(|_| self.with_text).map(|(text, _)| text),
        }
    }
}

impl PassageJson {
    fn new(passage: &Passage, place: Option<(&str, Range<usize>)>) -> Self {
        let excerpt = place.as_ref().map(|(text, bytes)| {
            let passage = text[bytes.clone()].trim();
            let mut start: String = passage.chars().take(EXCERPT).collect();
            if start.len() < passage.len() {
                start.push('…');
            }
            start
        });
        Self {
            tokens: [passage.tokens.start, passage.tokens.end],
            bytes: place.map(|(_, bytes)| [bytes.start, bytes.end]),
            tested: [passage.tested.start, passage.tested.end],
            scored: passage.scored,
            statistic: passage.statistic,
            log10_p: passage.log10_p,
            log10_p_adjusted: passage.log10_p_adjusted,
            excerpt,
        }
    }
}
