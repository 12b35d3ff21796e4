//! Records of a suspect's log-probabilities.
//!
//! JSON lines, raw or under gzip or zstd, or Parquet, in one of three layouts:
//!
//! | layout | fields |
//! |---|---|
//! | one context | `context_tokens: [ids]`, `top: [[id, logprob], …]` for the token that follows them; all of the context was shown |
//! | a sequence | `tokens: [ids]` or `response_tokens: [ids]` with what was shown, as in any answer's record, and `top_logprobs: [[[id, logprob], …] or null, …]`, one entry for each of the tokens: what the suspect expected in its place |
//! | an answer with strings | any answer's record, and `logprobs` as chat (`content: [{token, logprob, top_logprobs}]`) or completion interfaces (`tokens`, `top_logprobs: [{token: logprob}]`) give it |
//!
//! In Parquet a pair is a struct of `id` and `logprob`, and an object of tokens a map; an empty list at the top of a row is an absent one.
//! Logarithms are natural. In the third layout tokens are strings of the **suspect's** tokenizer. They are read as the marking
//! model's: the window is made of the last tokens of the text so far, and a candidate counts if its string is exactly one token. What
//! cannot be mapped is left out and counted; that depends on no key.

mod encode;
mod layout;
mod reader;
mod spelling;

pub use encode::{EncodedLogprobs, LeftOut, Step, Unmapped};
pub use reader::LogprobReader;

use crate::piece::Piece;
use crate::record::Source;

/// One record of log-probabilities, as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct LogprobRecord {
    /// Where it stood.
    pub source: Source,
    /// What the suspect was, or may have been, shown, under the same rules as an answer's.
    pub exposure: Vec<Piece>,
    /// Whether the record says what was shown.
    pub exposure_known: bool,
    /// The positions.
    pub positions: Positions,
}

/// Where the suspect said what it expects next.
#[derive(Clone, Debug, PartialEq)]
pub enum Positions {
    /// Behind a context, all of which was shown.
    Context {
        /// Token ids of the marking model, oldest first.
        tokens: Vec<u32>,
        /// Tokens that may follow, with natural log-probabilities.
        top: Vec<(u32, f64)>,
    },
    /// In the place of each token of a sequence; empty where nothing is known.
    Tokens {
        /// Token ids of the marking model.
        tokens: Vec<u32>,
        /// As many entries as tokens.
        tops: Vec<Vec<(u32, f64)>>,
    },
    /// Nowhere: an answer without log-probabilities, as a refusal is.
    Without,
    /// Of tokens whose strings do not spell the answer, so that its windows are not known.
    Unspelled {
        /// How many.
        positions: u64,
        /// Whether the strings name ids of the suspect's tokenizer.
        are_ids: bool,
    },
    /// The same with strings of the suspect's tokenizer.
    Text {
        /// Strings of tokens; together they are the answer.
        tokens: Vec<String>,
        /// As many entries as tokens.
        tops: Vec<Vec<(String, f64)>>,
    },
}
