//! The judge that looks for marks.

mod load;

use crate::cells;
use crate::examination::{Examination, Examined};
use crate::judge::{Answer, Facts, Judge, Refused};
use crate::question::Question;
use crate::threshold::Threshold;
use hallmark::dedup::Dedup;
use hallmark::progress::silent;
use hallmark::read::AtHand;
use hallmark::{Detector, Inputs, Sought};
use hallmark_corpus::{Origin, Piece, Record, Source};
use hallmark_detector::multiplicity::holm;
use hallmark_detector::tail::Log10P;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Marks that are looked for in what anyone sends, with all that they need loaded.
pub struct PublicDetector {
    groups: Vec<Group>,
    /// In the order of the file.
    named: Vec<Named>,
    threshold: Threshold,
    facts: Facts,
}

/// Marks of one tokenizer.
struct Group {
    sought: Sought,
    /// The lengths of their windows; the last is the longest.
    windows: BTreeSet<usize>,
}

/// A mark by itself, for callers with a token.
struct Named {
    name: String,
    detector: Detector,
}

impl PublicDetector {
    fn group_answer(&self, group: &Group, inputs: &Inputs) -> hallmark::Result<Answer> {
        let mut tokens = vec![];
        let mut keep = |record: &hallmark_corpus::TokenRecord| {
            tokens.clone_from(&record.tokens);
            Ok(())
        };
        let (_, findings) = group
            .sought
            .look(Dedup::Exact, inputs, &mut silent, &mut keep)?;
        let of = |&window: &usize| cells::distinct(&tokens, window);
        let lengths = || group.windows.iter().map(of);
        // Shorter windows may give fewer: the longest windows' cells are those that every change of a token changes.
        let fewest = lengths().map(|cells| cells.len() as u64).min();
        let cells = group.windows.last().map(of).unwrap_or_default();
        let is_found = self
            .threshold
            .is_found(findings.iter().map(|finding| finding.log10_p), &cells);
        Ok(match (fewest.unwrap_or(0), is_found) {
            (fewest, _) if fewest < self.facts.minimum_cells => Answer::TooShort,
            (_, true) => Answer::Found,
            (_, false) => Answer::NotFound,
        })
    }

    /// As records that are at hand; tokens only where all marks are for one tokenizer.
    fn inputs(&self, question: Question) -> Result<Inputs, Refused> {
        let body = match question {
            Question::Text(_) if !self.facts.reads_text => return Err(Refused::NoText),
            Question::Tokens(_) if !self.facts.reads_tokens => return Err(Refused::NoTokens),
            Question::Text(text) => Piece::Text(text),
            Question::Tokens(tokens) => Piece::Tokens(tokens),
        };
        let record = Record {
            source: Source::new(Arc::from("request"), 1),
            id: None,
            group: None,
            sub_key: None,
            exposure: vec![],
            exposure_known: false,
            turns: None,
            earlier: None,
            body,
            origin: Origin::default(),
        };
        let records = AtHand::Records(Arc::new(vec![record]));
        Ok(Inputs::at_hand(records))
    }
}

impl Judge for PublicDetector {
    fn answer(&self, question: Question) -> Result<Answer, Refused> {
        let is_tokens = matches!(question, Question::Tokens(_));
        let inputs = self.inputs(question)?;
        let mut answers = vec![];
        for group in &self.groups {
            let answer = self.group_answer(group, &inputs);
            answers.push(answer.map_err(|_| refused(is_tokens))?);
        }
        let any = |answer| answers.contains(&answer);
        Ok(match (any(Answer::TooShort), any(Answer::Found)) {
            (true, _) => Answer::TooShort,
            (false, true) => Answer::Found,
            (false, false) => Answer::NotFound,
        })
    }

    fn examine(&self, question: Question) -> Result<Examination, Refused> {
        let is_tokens = matches!(question, Question::Tokens(_));
        let inputs = self.inputs(question)?;
        let mut examined = vec![];
        for Named { name, detector } in &self.named {
            let detected = detector.detect(&inputs, &mut silent);
            let detected = detected.map_err(|_| refused(is_tokens))?;
            examined.push(Examined {
                name: name.clone(),
                log10_p_adjusted: detected.pooled.log10_p,
                detected,
            });
        }
        let alone: Vec<Log10P> = examined.iter().map(|one| one.log10_p_adjusted).collect();
        for (one, adjusted) in examined.iter_mut().zip(holm(&alone)) {
            one.log10_p_adjusted = adjusted;
        }
        Ok(Examination::new(examined))
    }

    fn facts(&self) -> Facts {
        self.facts
    }
}

/// Of what is at hand only ids can be wrong.
fn refused(is_tokens: bool) -> Refused {
    match is_tokens {
        true => Refused::NotAnId,
        false => Refused::Failed,
    }
}
