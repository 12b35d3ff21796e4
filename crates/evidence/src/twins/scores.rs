//! Scores of twins: the suspect's own, or out of its answers.

use super::draw::Side;
use super::given::Given;
use super::lines::{place, records};
use super::opened::Opened;
use super::similarity::{runs, similarity};
use hallmark::{Error, Result};
use hallmark_verify::digest::hexadecimal;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::Path;

/// What is compared between twins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// A score that came with each twin, such as the suspect's log-probability per token.
    Given,
    /// Given scores, less those of another model.
    GivenLessReference,
    /// The similarity of the suspect's answers to each twin.
    Similarity,
}

/// A score of A and one of B for each pair of the table, in its order; nothing where a pair has none.
#[derive(Clone, Debug)]
pub struct Scores {
    pub(super) feature: Feature,
    pub(super) of: Vec<Option<[f64; 2]>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scored {
    id: String,
    a: Option<f64>,
    b: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    id: String,
    answer: Option<String>,
}

/// The largest score of either sign: differences of these are finite.
const MOST: f64 = 1e100;

impl Scores {
    /// Reads `{"id", "a", "b"}`, a line for each pair: both scores, or neither (null).
    ///
    /// # Errors
    /// When a pair is not in the table or stands there twice, has one score of two, or a score is no usable number.
    pub fn read(path: &Path, opened: &Opened<'_>) -> Result<Self> {
        let mut of = vec![None; opened.pairs.len()];
        let mut seen = HashSet::new();
        records(path, |scored: Scored, line| {
            let wrong = |error: Error| error.at(place(path, line));
            let at = opened.place(&scored.id).map_err(wrong)?;
            if !seen.insert(at) {
                return Err(wrong(twice(&scored.id)));
            }
            of[at] = match (scored.a, scored.b) {
                (Some(a), Some(b)) => Some([a, b]),
                (None, None) => None,
                _ => return Err(wrong(Error::usage(format_args!(
                    "of request {:?} one twin has a score and the other none",
                    scored.id
                ))
                .hint("score both twins by the same rule, or give null for both: a score that is missing for one alone may tell the coin"))),
            };
            let is_usable = |score: &f64| score.abs() <= MOST;
            match of[at].iter().flatten().all(is_usable) {
                true => Ok(()),
                false => Err(wrong(Error::usage(format_args!(
                    "a score of request {:?} is beyond 1e100",
                    scored.id
                )))),
            }
        })?;
        Ok(Self {
            feature: Feature::Given,
            of,
        })
    }

    /// These scores less another model's of the same twins; a pair that the other has no scores for has none.
    #[must_use]
    pub fn less(mut self, reference: &Self) -> Self {
        self.feature = Feature::GivenLessReference;
        for (own, other) in self.of.iter_mut().zip(&reference.of) {
            *own = own.zip(*other).map(|([a, b], [c, d])| [a - c, b - d]);
        }
        self
    }

    /// Reads the suspect's answers, `{"id", "answer"}` (several to a request count with their mean; null says that there was none), and the twins'
    /// texts, whose digests must be those of the table.
    ///
    /// # Errors
    /// When a text was changed, or an answer or a twin is not in the table.
    pub fn similar(answers: &Path, twins: &Path, opened: &Opened<'_>) -> Result<Self> {
        let mut texts = vec![None; opened.pairs.len()];
        records(twins, |given: Given, line| {
            // Later requests of a conversation are in the file and not in the table.
            let Ok(at) = opened.place(&given.id) else {
                return Ok(());
            };
            let pair = &opened.pairs[at];
            let of = |side, text| hexadecimal(&opened.draw.answer(&given.id, side, text));
            if of(Side::A, &given.a) != pair.a || of(Side::B, &given.b) != pair.b {
                return Err(Error::integrity(format_args!(
                    "the twins of request {:?} are not those that were committed to",
                    given.id
                ))
                .at(place(twins, line)));
            }
            match texts[at].replace([runs(&given.a), runs(&given.b)]) {
                None => Ok(()),
                Some(_) => Err(twice(&given.id).at(place(twins, line))),
            }
        })?;
        if let Some(at) = texts.iter().position(Option::is_none) {
            let id = &opened.pairs[at].id;
            return Err(
                Error::integrity(format_args!("the twins of request {id:?} are missing"))
                    .at(twins.display())
                    .hint("give the file that the table was made of"),
            );
        }
        let mut sums = vec![(0_u32, [0.0; 2]); opened.pairs.len()];
        records(answers, |answered: Answered, line| {
            let at = opened
                .place(&answered.id)
                .map_err(|error| error.at(place(answers, line)))?;
            if let (Some(answer), Some(own)) = (&answered.answer, &texts[at]) {
                let answer = runs(answer);
                let (count, sum) = &mut sums[at];
                *count += 1;
                sum[0] += similarity(&answer, &own[0]);
                sum[1] += similarity(&answer, &own[1]);
            }
            Ok(())
        })?;
        let mean = |(count, [a, b]): (u32, [f64; 2])| {
            (count > 0).then(|| [a / f64::from(count), b / f64::from(count)])
        };
        Ok(Self {
            feature: Feature::Similarity,
            of: sums.into_iter().map(mean).collect(),
        })
    }
}

fn twice(id: &str) -> Error {
    Error::usage(format_args!("request {id:?} stands there twice"))
        .hint("give each pair once: a choice between two scores may tell the coin")
}
