//! A case: an examination with all that stands around it, as its report carries it.

mod custody;
mod format;
mod numbers;
mod role;

pub use custody::{
    Bundle, Commitment, Deviation, Digest, FixedPlan, Item, Logged, Run, Signer, Tool,
};
pub use format::{REPORT, ReportFormat};
pub use numbers::{ErrorRate, Evidence, LineUp, Point, Source, SourcesAre, Variation};
pub use role::Role;

use hallmark::Examined;
use serde::{Deserialize, Serialize};

/// Everything that a case's report says (`hallmark/report/1`).
///
/// Only the name, the question and the examination must be there: a section whose data is missing says that it was not stated.
/// Dates are text as their makers wrote them; the report reads no clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of this format.
    pub schema: ReportFormat,
    /// A name for people.
    pub name: String,
    /// What was asked.
    pub question: String,
    /// What may have happened, to be held against each other.
    #[serde(default = "Proposition::usual")]
    pub propositions: Vec<Proposition>,
    /// Who ran the examination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Who read it before it was given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// The examination.
    pub examined: Examined,
    /// The commitments to keys, tested or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// The plan that was fixed beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<FixedPlan>,
    /// What was taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// The custody log: everything that was run, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// The number of the run whose findings these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// Other runs of the same plan, and what came of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_runs: Vec<String>,
    /// The sums of scores that the line-ups (T5) compare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_ups: Vec<LineUp>,
    /// How the evidence of the e-process (T3) grew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What is left without each source of answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// What these sources are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources_are: Option<SourcesAre>,
    /// The same answers examined in other ways: another tokenizer, another window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variations: Vec<Variation>,
    /// Studies that counted how often the method was wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_rates: Vec<ErrorRate>,
    /// The bundle that this report belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundle>,
    /// Commands that repeat the examination, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replay: Vec<String>,
    /// The program that examined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
}

/// Something that may have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proposition {
    /// How the report calls it.
    pub id: String,
    /// What it says.
    pub text: String,
}

impl Case {
    /// A case of which nothing but this is stated, with the usual propositions.
    #[must_use]
    pub fn new(name: String, question: String, examined: Examined) -> Self {
        Self {
            schema: ReportFormat,
            name,
            question,
            propositions: Proposition::usual(),
            operator: None,
            reviewer: None,
            examined,
            commitments: vec![],
            plan: None,
            items: vec![],
            runs: vec![],
            run: None,
            other_runs: vec![],
            line_ups: vec![],
            evidence: vec![],
            sources: vec![],
            sources_are: None,
            variations: vec![],
            error_rates: vec![],
            bundle: None,
            replay: vec![],
            tool: None,
        }
    }
}

impl Proposition {
    /// The propositions of a case that names none.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        [
            ("H1", "The suspect's training held marked answers that were harvested through a cohort's accounts."),
            ("H2", "The suspect's training held marked answers that were picked up from public web text."),
            ("H3", "The suspect's training held a third party's data set in which marked answers stood."),
            ("H4", "The suspect shares an ancestor with a model that was trained on marked answers, or its makers had a licence to them."),
            ("H0", "The suspect was never exposed to marked answers."),
        ]
        .map(|(id, text)| Self {
            id: id.to_owned(),
            text: text.to_owned(),
        })
        .to_vec()
    }
}
