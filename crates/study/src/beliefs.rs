//! T9 on a student of our own: its probabilities after every window of its answers, by a forward pass.

use crate::folder::stale;
use hallmark::Result;
use hallmark_core::mark::Mark;
use hallmark_corpus::TokenRecord;
use hallmark_detector::cells::Exposure;
use hallmark_detector::statistic::logprobs::{Emphasis, Evidence, Masses};
use hallmark_lab::Transformer;

/// Log-probabilities that are given for each position, as an open API gives them.
const TOP: usize = 20;

/// What a student and the control student believe, over the answers observed so far.
pub struct Beliefs {
    student: Transformer,
    control: Transformer,
    own: Masses,
    reference: Masses,
    window: usize,
}

impl Beliefs {
    /// Of a student and the control student, over windows of so many tokens.
    #[must_use]
    pub fn new(student: Transformer, control: Transformer, window: usize) -> Self {
        Self {
            student,
            control,
            own: Masses::new(window),
            reference: Masses::new(window),
            window,
        }
    }

    /// Adds answers. One that is longer than the student's context, which happens where the text's tokens are not those that
    /// were sampled, is left out.
    ///
    /// # Errors
    /// When a model cannot be asked.
    pub fn observe(&mut self, records: &[TokenRecord]) -> Result<()> {
        for record in records {
            for (model, masses) in [
                (&self.student, &mut self.own),
                (&self.control, &mut self.reference),
            ] {
                observe(model, masses, record, self.window)?;
            }
        }
        Ok(())
    }

    /// log10 p of T9 by the student's own mass, and by what it has above the control student's.
    ///
    /// # Errors
    /// When there is no tail.
    pub fn log10_p(&self, mark: &Mark) -> Result<[f64; 2]> {
        let examine = |evidence: Evidence| {
            let finding = evidence
                .examine(&**mark.reading())
                .map_err(|error| stale(&error))?;
            Ok::<_, hallmark::Error>(finding.log10_p.value())
        };
        Ok([
            examine(Evidence::new(&self.own, Emphasis::default()))?,
            examine(Evidence::against(&self.own, &self.reference))?,
        ])
    }
}

fn observe(
    model: &Transformer,
    masses: &mut Masses,
    record: &TokenRecord,
    window: usize,
) -> Result<()> {
    let Some(prompt) = record.exposure.first().filter(|prompt| !prompt.is_empty()) else {
        return Ok(());
    };
    let text = [&prompt[..], &record.tokens].concat();
    if text.len() > model.config().context || record.tokens.len() <= window {
        return Ok(());
    }
    let rows = model.logits(&text).map_err(|error| stale(&error))?;
    let vocab = model.config().vocab;
    let exposure = Exposure {
        pieces: &record.exposure,
        known: record.exposure_known,
        in_other_form: &record.in_other_form,
    };
    let mut sequence = masses.sequence(exposure);
    for at in prompt.len() + window..text.len() {
        let row = &rows[(at - 1) * vocab..][..vocab];
        let before = &text[at - window..at];
        let reach = record.in_other_form.get(at - prompt.len());
        if reach.is_some_and(|&reach| usize::from(reach) >= window) {
            sequence.leave_out(before);
            continue;
        }
        sequence
            .position(before, &largest(row))
            .map_err(|error| stale(&error))?;
    }
    Ok(())
}

/// The largest log-probabilities of a row of logits.
fn largest(row: &[f32]) -> Vec<(u32, f64)> {
    let most = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let total: f64 = row
        .iter()
        .map(|&logit| (f64::from(logit) - most).exp())
        .sum();
    let log_total = most + total.ln();
    let mut tokens: Vec<u32> = (0..row.len() as u32).collect();
    let descending = |a: &u32, b: &u32| row[*b as usize].total_cmp(&row[*a as usize]);
    if tokens.len() > TOP {
        tokens.select_nth_unstable_by(TOP - 1, descending);
        tokens.truncate(TOP);
    }
    tokens
        .into_iter()
        .map(|token| (token, (f64::from(row[token as usize]) - log_total).min(0.0)))
        .collect()
}
