//! Records of log-probabilities to windows and tokens of the marking model.

use super::{LogprobRecord, Positions};
use crate::encode::encode;
use crate::error::{CorpusError, Reason};
use crate::forms::{Letters, Shown};
use crate::piece::Piece;
use crate::record::{Origin, Record, Source};
use crate::tokenizer::Tokenizer;

/// A record as windows and tokens of the marking model.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodedLogprobs {
    /// Where it stood.
    pub source: Source,
    /// What was, or may have been, shown, piece by piece.
    pub exposure: Vec<Vec<u32>>,
    /// Whether the record says what was shown.
    pub exposure_known: bool,
    /// The positions with a full window, in order.
    pub steps: Vec<Step>,
    /// What could not be mapped to the marking model's tokens.
    pub unmapped: Unmapped,
    /// Why it has no position, where it could have had.
    pub left_out: Option<LeftOut>,
}

/// Why a record has no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It is an answer without log-probabilities.
    Without,
    /// Its tokens' strings do not spell its text.
    Unspelled {
        /// How many.
        positions: u64,
        /// Whether the strings name ids of the suspect's tokenizer.
        are_ids: bool,
    },
}

/// A position.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The tokens before it, oldest first.
    pub window: Vec<u32>,
    /// Tokens that may follow, each once; empty where nothing is known.
    pub top: Vec<(u32, f64)>,
    /// Whether the window stands in what was shown, in another form of its text.
    pub in_other_form: bool,
}

/// Candidates whose string is not exactly one token of the marking model, or the same as another's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unmapped {
    /// How many.
    pub candidates: u64,
    /// How many candidates there were in all.
    pub of: u64,
    /// Their probabilities, summed.
    pub mass: f64,
}

/// Bytes of the text before a position that are tokenised to find its window.
const CONTEXT_BYTES: usize = 512;

impl LogprobRecord {
    /// The record's windows of `window` tokens and candidates, with the marking model's tokenizer where it holds strings.
    ///
    /// # Errors
    /// [`Reason::NeedsTokenizer`] where it holds strings and there is none.
    pub fn encode(
        self,
        tokenizer: Option<&Tokenizer>,
        window: usize,
    ) -> Result<EncodedLogprobs, CorpusError> {
        let mut unmapped = Unmapped::default();
        let left_out = match self.positions {
            Positions::Without => Some(LeftOut::Without),
            Positions::Unspelled { positions, are_ids } => {
                Some(LeftOut::Unspelled { positions, are_ids })
            }
            _ => None,
        };
        let mut steps = match self.positions {
            Positions::Context { tokens, top } => context(&tokens, top, window),
            Positions::Tokens { tokens, tops } => sequence(&tokens, tops, window),
            Positions::Without | Positions::Unspelled { .. } => vec![],
            Positions::Text { tokens, tops } => {
                let Some(tokenizer) = tokenizer else {
                    let Source { file, line, .. } = &self.source;
                    return Err(CorpusError::new(file, Some(*line), Reason::NeedsTokenizer));
                };
                strings(&tokens, &tops, window, tokenizer, &mut unmapped)
            }
        };
        if let Some(tokenizer) = tokenizer {
            let shown = Shown::of(&self.exposure, tokenizer);
            let windows: Vec<Letters> = steps
                .iter()
                .map(|step| {
                    Letters::of_tokens(step.window.iter().map(|&token| tokenizer.bytes(token)))
                })
                .collect();
            let mut stands = false;
            for (step, held) in steps.iter_mut().zip(shown.hold(&windows)) {
                // A window without letters stands where the one before it does.
                stands = held.unwrap_or(stands);
                step.in_other_form = stands;
            }
        }
        let shown = Record {
            source: self.source.clone(),
            id: None,
            group: None,
            sub_key: None,
            exposure: self.exposure,
            earlier: None,
            exposure_known: self.exposure_known,
            turns: None,
            body: Piece::Tokens(vec![]),
            origin: Origin::default(),
        };
        let shown = encode([Ok(shown)], tokenizer).next();
        Ok(EncodedLogprobs {
            source: self.source,
            exposure: shown
                .transpose()?
                .map_or_else(Vec::new, |shown| shown.exposure),
            exposure_known: self.exposure_known,
            steps,
            unmapped,
            left_out,
        })
    }
}

/// All windows of the context, and the candidates behind the last.
fn context(tokens: &[u32], top: Vec<(u32, f64)>, window: usize) -> Vec<Step> {
    let mut steps: Vec<Step> = tokens
        .windows(window)
        .map(|window| Step {
            window: window.to_vec(),
            top: vec![],
            in_other_form: false,
        })
        .collect();
    if let Some(last) = steps.last_mut() {
        last.top = top;
    }
    steps
}

fn sequence(tokens: &[u32], tops: Vec<Vec<(u32, f64)>>, window: usize) -> Vec<Step> {
    tops.into_iter()
        .enumerate()
        .skip(window)
        .map(|(at, top)| Step {
            window: tokens[at - window..at].to_vec(),
            top,
            in_other_form: false,
        })
        .collect()
}

/// The window before each string: the last tokens of the text so far.
fn strings(
    tokens: &[String],
    tops: &[Vec<(String, f64)>],
    window: usize,
    tokenizer: &Tokenizer,
    unmapped: &mut Unmapped,
) -> Vec<Step> {
    let mut text = String::new();
    let mut steps = vec![];
    for (token, top) in tokens.iter().zip(tops) {
        let start = text.floor_char_boundary(text.len().saturating_sub(CONTEXT_BYTES));
        let before = tokenizer.last(&text[start..], window);
        if before.len() == window {
            steps.push(Step {
                window: before,
                top: mapped(top, tokenizer, unmapped),
                in_other_form: false,
            });
        }
        text.push_str(token);
    }
    steps
}

/// The candidates that are one token each. Of strings that are the same token the first counts.
fn mapped(
    top: &[(String, f64)],
    tokenizer: &Tokenizer,
    unmapped: &mut Unmapped,
) -> Vec<(u32, f64)> {
    let mut found: Vec<(u32, f64)> = Vec::with_capacity(top.len());
    for (text, logprob) in top {
        unmapped.of += 1;
        match tokenizer.encode(text)[..] {
            [token] if found.iter().all(|entry| entry.0 != token) => found.push((token, *logprob)),
            _ => {
                unmapped.candidates += 1;
                unmapped.mass += logprob.exp().min(1.0);
            }
        }
    }
    found
}
