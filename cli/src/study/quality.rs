//! What marking does to the teacher's text: each scheme and window on the same prompts.

use crate::failure::Outcome;
use crate::study::corpora;
use crate::study::plan::scheme_of;
use crate::study::run::failure;
use hallmark_lab::Exchange;
use hallmark_study::keys::Cohort;
use hallmark_study::students::{Quality, Shakespeare, StudyError, by_prompt, measure};
use serde::Serialize;
use std::path::Path;

/// One row for each mark.
#[derive(Serialize)]
pub(crate) struct QualityTable {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) world: &'static str,
    pub(crate) rows: Vec<QualityRow>,
}

/// One mark's text.
#[derive(Clone, Serialize)]
pub(crate) struct QualityRow {
    /// `unmarked` or a scheme.
    pub(crate) scheme: String,
    pub(crate) window: Option<usize>,
    pub(crate) answers: usize,
    pub(crate) mean_tokens: f64,
    /// Under the unmarked teacher.
    pub(crate) perplexity: Option<f64>,
    /// Share of 4-grams that occurred before in their answer.
    pub(crate) repeated_4grams: f64,
    /// Distinct 2-grams over 2-grams.
    pub(crate) distinct_2: f64,
    /// Mean Jaccard index of the 4-grams of two answers to one prompt.
    pub(crate) similarity: Option<f64>,
    /// Share of answers that reach the cap; none where all have one length.
    pub(crate) capped: Option<f64>,
}

const SCHEMES: [&str; 4] = ["gumbel", "dual-gumbel", "green", "tournament"];
const WINDOWS: [usize; 3] = [1, 2, 4];

/// The built-in teacher: `answers` to each of `prompts` under every mark, one key.
pub(crate) fn shakespeare(
    prompts: usize,
    answers: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Outcome<QualityTable> {
    let world = Shakespeare::open().map_err(|error| failure(&error))?;
    let mut settings = vec![None];
    for scheme in SCHEMES {
        for window in WINDOWS {
            settings.push(Some((scheme, window)));
        }
    }
    let mut rows = vec![];
    for (done, &setting) in settings.iter().enumerate() {
        let mark = setting
            .map(|(scheme, window)| {
                let scheme = scheme_of(scheme).map_err(crate::failure::Failure::usage)?;
                Ok::<_, crate::failure::Failure>((scheme, window))
            })
            .transpose()?;
        let quality = world
            .repeated(mark, prompts, answers)
            .and_then(|texts| measure(&texts, world.answer_tokens(), Some(world.teacher())))
            .map_err(|error: StudyError| failure(&error))?;
        rows.push(row(setting, &quality, false));
        progress(done as u64 + 1, settings.len() as u64);
    }
    Ok(table("shakespeare", rows))
}

/// A larger teacher's answers, as far as there are files; all rows are over the prompts that every file answers.
pub(crate) fn corpora(folder: &Path, cap: usize) -> Outcome<QualityTable> {
    let tokenizer = crate::builtin::open_tokenizer(&folder.join(corpora::TOKENIZER))?;
    let mut files = vec![(None, folder.join("unmarked.jsonl"))];
    for (scheme, window, cohort, path) in corpora::marked_files(folder) {
        if cohort == Cohort::Tested {
            files.push((Some((scheme, window)), path));
        }
    }
    let mut texts = vec![];
    for (setting, path) in files {
        let answers = corpora::answers(&path, &tokenizer)?;
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
        let quality = measure(&by_prompt(answers), cap, None).map_err(|error| failure(&error))?;
        rows.push(row(setting, &quality, true));
    }
    Ok(table("corpora", rows))
}

fn table(world: &'static str, rows: Vec<QualityRow>) -> QualityTable {
    QualityTable {
        schema: "hallmark/study-quality/1",
        version: env!("CARGO_PKG_VERSION"),
        world,
        rows,
    }
}

fn row(setting: Option<(&str, usize)>, quality: &Quality, varied: bool) -> QualityRow {
    QualityRow {
        scheme: setting.map_or("unmarked", |(scheme, _)| scheme).to_owned(),
        window: setting.map(|(_, window)| window),
        answers: quality.answers,
        mean_tokens: quality.tokens as f64 / quality.answers.max(1) as f64,
        perplexity: quality.perplexity,
        repeated_4grams: quality.repeated_4grams,
        distinct_2: quality.distinct_2,
        similarity: quality.similarity,
        capped: varied.then_some(quality.capped),
    }
}
