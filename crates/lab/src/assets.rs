//! What ships inside the crate: a public-domain corpus and checkpoints trained from them.

use hallmark_corpus::Tokenizer;

use crate::LabError;
use crate::model::Transformer;
use crate::random::{generator, shuffle};

const CORPUS: &[u8] = include_bytes!("../assets/corpus.txt.zst");
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

/// The tokenizer of the shipped models.
///
/// # Errors
/// [`LabError::Tokenizer`] if the embedded file is damaged.
pub fn tokenizer() -> Result<Tokenizer, LabError> {
    Ok(Tokenizer::built_in()?)
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
