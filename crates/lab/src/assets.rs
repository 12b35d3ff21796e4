//! What ships inside the crate: a public-domain corpus, a tokenizer and checkpoints trained from them.

use std::fmt;

use splintr::AnyTokenizer;

use crate::LabError;
use crate::model::Transformer;
use crate::random::{generator, shuffle};

const CORPUS: &[u8] = include_bytes!("../assets/corpus.txt.zst");
const TOKENIZER: &[u8] = include_bytes!("../assets/tokenizer.json");
const TEACHER: &[u8] = include_bytes!("../assets/teacher.safetensors");
const STUDENT_BASE: &[u8] = include_bytes!("../assets/student-base.safetensors");

/// Which use a document is kept for. No document serves two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The models were trained on it.
    Train,
    /// Its speeches open the answers.
    Prompts,
    /// It measures the models.
    Validation,
}

/// One work of the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The work's name, such as `hamlet`.
    pub name: String,
    /// What it is kept for.
    pub split: Split,
    /// Its text.
    pub text: String,
}

/// The corpus: 42 works of Shakespeare in modern spelling.
///
/// # Errors
/// [`LabError::Asset`] if the embedded file is damaged.
pub fn corpus() -> Result<Vec<Document>, LabError> {
    let broken = |what: String| LabError::Asset {
        asset: "corpus.txt.zst",
        what,
    };
    let plain = zstd::decode_all(CORPUS).map_err(|e| broken(e.to_string()))?;
    let plain = String::from_utf8(plain).map_err(|e| broken(e.to_string()))?;
    plain
        .split('\x0c')
        .skip(1)
        .map(|document| {
            let (head, text) = document
                .split_once('\n')
                .ok_or_else(|| broken("no head line".into()))?;
            let (split, name) = head
                .split_once(' ')
                .ok_or_else(|| broken(format!("head line `{head}`")))?;
            let split = match split {
                "train" => Split::Train,
                "prompts" => Split::Prompts,
                "validation" => Split::Validation,
                other => return Err(broken(format!("split `{other}`"))),
            };
            Ok(Document {
                name: name.to_owned(),
                split,
                text: text.to_owned(),
            })
        })
        .collect()
}

/// Text to tokens and back.
pub struct Tokenizer(AnyTokenizer);

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokenizer")
    }
}

impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// [`LabError::Asset`] if it cannot be read.
    pub fn from_json(json: &[u8]) -> Result<Self, LabError> {
        splintr::from_json_bytes(json)
            .map(Self)
            .map_err(|e| LabError::Asset {
                asset: "tokenizer.json",
                what: e.to_string(),
            })
    }

    /// The tokens of `text`.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.0.encode(text)
    }

    /// The text of `tokens`; bytes that are not UTF-8 become the replacement character.
    #[must_use]
    pub fn decode(&self, tokens: &[u32]) -> String {
        self.0.decode_lossy(tokens)
    }
}

/// The `tokenizer.json` of the shipped models: a byte-level BPE of 1,024 tokens, no special ones.
#[must_use]
pub const fn tokenizer_json() -> &'static [u8] {
    TOKENIZER
}

/// The tokenizer of the shipped models.
///
/// # Errors
/// [`LabError::Asset`] if the embedded file is damaged.
pub fn tokenizer() -> Result<Tokenizer, LabError> {
    Tokenizer::from_json(TOKENIZER)
}

/// The teacher: 4 layers of 128, trained on the corpus' training documents.
///
/// # Errors
/// [`LabError::Tensor`] or [`LabError::Checkpoint`] if the embedded file is damaged.
pub fn teacher() -> Result<Transformer, LabError> {
    Transformer::from_safetensors(TEACHER)
}

/// What students start from: 3 layers of 128, another seed, trained on the same public text and never on the teacher.
///
/// # Errors
/// As for [`teacher`].
pub fn student_base() -> Result<Transformer, LabError> {
    Transformer::from_safetensors(STUDENT_BASE)
}

/// The tokens of every document of one split.
///
/// # Errors
/// As for [`corpus`].
pub fn tokens(split: Split, tokenizer: &Tokenizer) -> Result<Vec<Vec<u32>>, LabError> {
    Ok(corpus()?
        .iter()
        .filter(|d| d.split == split)
        .map(|d| tokenizer.encode(&d.text))
        .collect())
}

/// The first `tokens` tokens of every speech that the models have not seen, in an order given by `seed`.
///
/// # Errors
/// As for [`corpus`].
pub fn prompts(seed: u64, tokens: usize, tokenizer: &Tokenizer) -> Result<Vec<Vec<u32>>, LabError> {
    let mut all = Vec::new();
    for document in corpus()?.iter().filter(|d| d.split == Split::Prompts) {
        for speech in document
            .text
            .split("\n\n")
            .filter(|speech| !speech.starts_with('['))
        {
            let ids = tokenizer.encode(speech);
            if ids.len() >= tokens {
                all.push(ids[..tokens].to_vec());
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    shuffle(&mut generator(seed, 0x7072_6f6d), &mut all);
    Ok(all)
}
