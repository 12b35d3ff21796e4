//! What marking does to the teacher's text: each scheme and window on the same prompts.

use crate::answer_files;
use crate::keys::Cohort;
use crate::plan::scheme_of;
use crate::students::{Quality, Shakespeare, by_prompt, measure};
use hallmark::json::{VERSION, formats};
use hallmark::{Error, Result, tokenizers};
use hallmark_lab::Exchange;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One row for each mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QualityTable {
    /// The name of this format.
    pub schema: formats::StudyQuality,
    /// Version of this program.
    pub version: String,
    /// Whose text.
    pub world: String,
    /// Every mark.
    pub rows: Vec<QualityRow>,
}

/// One mark's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QualityRow {
    /// `unmarked` or a scheme.
    pub scheme: String,
    /// Its window.
    pub window: Option<usize>,
    /// Sub-keys, where it has a ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring: Option<u32>,
    /// Answers.
    pub answers: usize,
    /// Tokens an answer.
    pub mean_tokens: f64,
    /// Under the unmarked teacher.
    pub perplexity: Option<f64>,
    /// Share of 4-grams that occurred before in their answer.
    pub repeated_4grams: f64,
    /// Distinct 2-grams over 2-grams.
    pub distinct_2: f64,
    /// Mean Jaccard index of the 4-grams of two answers to one prompt.
    pub similarity: Option<f64>,
    /// Share of answers that reach the cap; none where all have one length.
    pub capped: Option<f64>,
}

const SCHEMES: [&str; 4] = ["gumbel", "dual-gumbel", "green", "tournament"];
const WINDOWS: [usize; 3] = [1, 2, 4];
/// Rings of the default scheme, with windows of one and two tokens.
const RINGS: [u32; 2] = [4, 16];

/// The built-in teacher: `answers` to each of `prompts` under every mark, one key.
///
/// # Errors
/// When the teacher cannot be asked.
pub fn shakespeare(
    prompts: usize,
    answers: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<QualityTable> {
    let world = Shakespeare::open()?;
    let mut settings = vec![None];
    for scheme in SCHEMES {
        for window in WINDOWS {
            settings.push(Some((scheme, window, 1)));
        }
    }
    for ring in RINGS {
        settings.extend([1, 2].map(|window| Some((SCHEMES[0], window, ring))));
    }
    let mut rows = vec![];
    for (done, &setting) in settings.iter().enumerate() {
        let mark = setting
            .map(|(scheme, window, ring)| {
                let scheme = scheme_of(scheme).map_err(Error::usage)?;
                Ok::<_, Error>((scheme, window, ring))
            })
            .transpose()?;
        let quality = world
            .repeated(mark, prompts, answers)
            .and_then(|texts| measure(&texts, world.answer_tokens(), Some(world.teacher())))?;
        rows.push(row(setting, &quality, false));
        progress(done as u64 + 1, settings.len() as u64);
    }
    Ok(table("shakespeare", rows))
}

/// A larger teacher's answers, as far as there are files; all rows are over the prompts that every file answers.
///
/// # Errors
/// When a file is missing or not as `mark --model` writes it.
pub fn corpora(folder: &Path, cap: usize) -> Result<QualityTable> {
    let tokenizer = tokenizers::open(&folder.join(answer_files::TOKENIZER))?;
    let mut files = vec![(None, folder.join("unmarked.jsonl"))];
    for (scheme, window, cohort, path) in answer_files::marked_files(folder) {
        if cohort == Cohort::Tested {
            files.push((Some((scheme, window, 1)), path));
        }
    }
    let mut texts = vec![];
    for (setting, path) in files {
        let answers = answer_files::answers(&path, &tokenizer)?;
        let exchanges = answers.into_iter().map(|one| Exchange {
            prompt: one.prompt,
            answer: one.answer,
        });
        texts.push((setting, exchanges.collect::<Vec<_>>()));
    }
    let common = texts
        .iter()
        .map(|(_, answers)| answers.len())
        .min()
        .unwrap_or(0);
    let mut rows = vec![];
    for (setting, mut answers) in texts {
        answers.truncate(common);
        let quality = measure(&by_prompt(answers), cap, None)?;
        rows.push(row(setting, &quality, true));
    }
    Ok(table("corpora", rows))
}

fn table(world: &'static str, rows: Vec<QualityRow>) -> QualityTable {
    QualityTable {
        schema: formats::StudyQuality,
        version: VERSION.to_owned(),
        world: world.to_owned(),
        rows,
    }
}

fn row(setting: Option<(&str, usize, u32)>, quality: &Quality, varied: bool) -> QualityRow {
    QualityRow {
        scheme: setting.map_or("unmarked", |(scheme, ..)| scheme).to_owned(),
        window: setting.map(|(_, window, _)| window),
        ring: setting.map(|(.., ring)| ring).filter(|&ring| ring > 1),
        answers: quality.answers,
        mean_tokens: quality.tokens as f64 / quality.answers.max(1) as f64,
        perplexity: quality.perplexity,
        repeated_4grams: quality.repeated_4grams,
        distinct_2: quality.distinct_2,
        similarity: quality.similarity,
        capped: varied.then_some(quality.capped),
    }
}
