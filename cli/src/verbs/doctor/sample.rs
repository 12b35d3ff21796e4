//! The sample, and the ways in which it can be read.

use crate::args::DoctorArgs;
use crate::failure::Outcome;
use hallmark::Error;
use hallmark::tokenizers;
use hallmark_core::profile::Profile;
use hallmark_corpus::Piece;
use hallmark_corpus::normalise::{Change, Changes, normalise};
use hallmark_detector::cells::{CellsError, Exposure, RawCells};

/// Marked text.
pub(super) struct Sample {
    pub(super) documents: Vec<Document>,
    /// Token ids of the tokenizer, where there is one.
    pub(super) tokenizer_size: Option<u32>,
    /// That the tokenizer is read by the slower of two readers, and why.
    read_slowly: Option<String>,
}

/// A document in tokens.
pub(super) struct Document {
    /// As `detect` reads it.
    tokens: Vec<u32>,
    /// The record's own, where it has text too.
    own: Option<Vec<u32>>,
    prompt: Option<Vec<u32>>,
    /// Of its text with characters undone that programs change for looks, where it has such.
    normalised: Option<Vec<u32>>,
    changes: Changes,
}

/// How windows and tokens are made of a document.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// As `detect` does.
    Plain,
    /// Windows reach into the prompt.
    AfterPrompt,
    /// As if this token stood before the text, often enough for a whole window.
    After(u32),
    /// The window ends one token earlier.
    Late,
    /// The record's own tokens.
    OwnTokens,
    /// The text's tokens once it is normalised.
    Normalised,
}

impl Sample {
    pub(super) fn read(args: &DoctorArgs, profile: &Profile) -> Outcome<Self> {
        let tokenizer = tokenizers::of_profile(profile, args.input.reading.tokenizer.as_deref())?;
        let encode = |text: &str| {
            let tokens = tokenizer
                .as_ref()
                .map(|tokenizer| tokenizer.try_encode(text));
            tokens.transpose().map_err(Error::from)
        };
        let mut documents = vec![];
        for record in args.input.inputs().open(None)? {
            let record = record?;
            let needs_tokenizer = || {
                Error::usage(format_args!(
                    "{}: text, and no tokenizer for it",
                    record.source
                ))
                .hint("give --tokenizer FILE, the marking model's tokenizer.json")
            };
            let (tokens, own) = match &record.body {
                Piece::Text(text) => (encode(text)?.ok_or_else(needs_tokenizer)?, None),
                Piece::Tokens(tokens) => (tokens.clone(), None),
                Piece::Both { text, tokens } => match encode(text)? {
                    Some(encoded) => (encoded, Some(tokens.clone())),
                    None => (tokens.clone(), None),
                },
            };
            let prompt = match record.exposure.first() {
                None => None,
                Some(Piece::Text(text)) => encode(text)?,
                Some(Piece::Tokens(tokens) | Piece::Both { tokens, .. }) => Some(tokens.clone()),
            };
            let dressed = record.body.text().map(normalise);
            let dressed = dressed.filter(|(_, changes)| changes.total() > 0);
            let changes = dressed
                .as_ref()
                .map_or_else(Changes::default, |(_, changes)| *changes);
            let normalised = match dressed {
                None => None,
                Some((text, _)) => encode(&text)?,
            };
            documents.push(Document {
                normalised,
                changes,
                tokens,
                own,
                prompt: prompt.filter(|_| record.exposure_known),
            });
        }
        Ok(Self {
            documents,
            read_slowly: tokenizer.as_ref().and_then(tokenizers::slowly),
            tokenizer_size: tokenizer.map(|tokenizer| tokenizer.vocab_size()),
        })
    }

    /// The highest id of all tokens.
    pub(super) fn highest(&self) -> Option<u32> {
        let tokens = self.documents.iter().flat_map(|document| &document.tokens);
        tokens.copied().max()
    }

    pub(super) fn has_prompts(&self) -> bool {
        let mut documents = self.documents.iter();
        documents.any(|document| {
            document
                .prompt
                .as_ref()
                .is_some_and(|prompt| !prompt.is_empty())
        })
    }

    pub(super) fn is_dressed(&self) -> bool {
        self.documents
            .iter()
            .any(|document| document.normalised.is_some())
    }

    pub(super) fn has_own_tokens(&self) -> bool {
        self.documents.iter().any(|document| document.own.is_some())
    }

    /// What is wrong with the sample whatever the mark.
    pub(super) fn notes(&self, profile: &Profile) -> Vec<String> {
        let mut notes: Vec<String> = self.read_slowly.iter().cloned().collect();
        let vocabulary = profile.tokenizer.vocab_size;
        let largest = self.documents.iter().flat_map(|d| &d.tokens).max();
        if let Some(largest) = largest.filter(|&&largest| largest >= vocabulary) {
            notes.push(format!(
                "the sample has token {largest}, and the profile's vocabulary ends at {}: another tokenizer, or a vocabulary without its padding",
                vocabulary - 1
            ));
        }
        let mut changes = Changes::default();
        for document in &self.documents {
            changes.add_all(&document.changes);
        }
        if changes.total() > 0 {
            let kinds = Change::ALL.into_iter().filter(|&kind| changes.of(kind) > 0);
            let kinds: Vec<String> = kinds
                .map(|kind| format!("{} {}", changes.of(kind), kind.describe()))
                .collect();
            notes.push(format!(
                "the text holds what its model would hardly have written ({}): programs put such characters in, and --normalise undoes them",
                kinds.join(", ")
            ));
        }
        let pairs = self
            .documents
            .iter()
            .filter_map(|d| Some((&d.tokens, d.own.as_ref()?)));
        let (mut given, mut differ) = (0, 0);
        for (encoded, own) in pairs {
            given += 1;
            differ += u64::from(encoded != own);
        }
        if differ > 0 {
            notes.push(format!(
                "in {differ} of {given} records the text has other tokens than the record: the model wrote tokens that its text is not cut into, which is common and harmless where it is few, or the tokenizer is another one"
            ));
        }
        let tokens: usize = self
            .documents
            .iter()
            .map(|document| document.tokens.len())
            .sum();
        if tokens < 200 {
            notes.push(format!(
                "the sample has {tokens} tokens in all: give some thousands to tell anything"
            ));
        }
        notes
    }

    pub(super) fn cells(&self, window: usize, reading: &Reading) -> Result<RawCells, CellsError> {
        let mut raw = RawCells::new(window);
        for document in &self.documents {
            match reading {
                Reading::Plain => raw.push(&document.tokens, Exposure::NOTHING)?,
                Reading::AfterPrompt => {
                    let prompt = document.prompt.as_deref().unwrap_or(&[]);
                    let end = &prompt[prompt.len().saturating_sub(window)..];
                    raw.push(&[end, &document.tokens].concat(), Exposure::NOTHING)?;
                }
                Reading::After(token) => {
                    let before = vec![*token; window];
                    raw.push(&[&before[..], &document.tokens].concat(), Exposure::NOTHING)?;
                }
                Reading::Late => {
                    for at in document.tokens.windows(window + 2) {
                        let cell = [&at[..window], &at[window + 1..]].concat();
                        raw.push(&cell, Exposure::NOTHING)?;
                    }
                }
                Reading::Normalised => {
                    let tokens = document.normalised.as_ref().unwrap_or(&document.tokens);
                    raw.push(tokens, Exposure::NOTHING)?;
                }
                Reading::OwnTokens => {
                    let tokens = document.own.as_ref().unwrap_or(&document.tokens);
                    raw.push(tokens, Exposure::NOTHING)?;
                }
            }
        }
        Ok(raw)
    }
}
