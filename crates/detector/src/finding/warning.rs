//! Statistical warnings: what the reader of a finding should bear in mind.

use super::counts::Counts;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that weakens a finding or limits what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Fewer than [`FEW_CELLS`] cells were scored.
    TooFewCells,
    /// Fewer than half of the fresh cells are distinct: answers repeat each other or themselves.
    WindowsRepeat,
    /// More than a fifth of the cells were left out because their window had been shown.
    MuchExposed,
    /// Some records do not say what the suspect was shown. Had it been shown marked text, it could
    /// have copied it.
    ExposureUnknown,
    /// Answers came as token ids: whoever wrote the records may have chosen how their text is cut.
    AnswersAsTokens,
    /// The key is published, or so small that it can be guessed: anyone can have marked text with it.
    AnyonesKey,
    /// More than one record in fifty could not be read: the others are selected by their form.
    RecordsSkipped,
    /// The mark draws lists, whose tokens depend on each other: the e-value holds at the end, as fixed beforehand, and not at
    /// any time: `docs/tests/marks.md`.
    AtEndOnly,
    /// The engine's function relates its keys' words to each other, so that a small p comes from a comparison
    /// with other keys: `docs/tests/foreign.md`.
    RelatedKeys,
    /// The same, and the key's numbers are so few or so close together that there are no others to compare
    /// them with.
    KeyNotComparable,
    /// Parts of a document have no law of their own under this mark: passages were not looked for.
    NoPassages,
}

/// Below this many scored cells a finding says nothing either way.
pub const FEW_CELLS: u64 = 25;

impl Warning {
    /// The warnings that the counts call for.
    #[must_use]
    pub fn of(counts: &Counts) -> Vec<Self> {
        let cases = [
            (Self::TooFewCells, counts.scored < FEW_CELLS),
            (Self::WindowsRepeat, counts.scored * 2 < counts.fresh),
            (Self::MuchExposed, counts.exposed * 4 > counts.fresh),
            (Self::ExposureUnknown, counts.exposure_unknown > 0),
        ];
        cases
            .into_iter()
            .filter_map(|(warning, applies)| applies.then_some(warning))
            .collect()
    }

    /// What can be done about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::TooFewCells => "collect more answers, or longer ones",
            Self::WindowsRepeat => {
                "ask more varied prompts: a cell counts once however often it occurs"
            }
            Self::ExposureUnknown => {
                "give each answer's prompt and all else that was shown: without them a copied passage counts as evidence"
            }
            Self::AnswersAsTokens => {
                "give the answers as text, or the program that sampled these tokens"
            }
            Self::AnyonesKey => "mark with a key of at least 64 random bits that nobody else has",
            Self::RecordsSkipped => {
                "name the layout or the fields of the records that were skipped, or mend them"
            }
            Self::RelatedKeys => "do not use a level above 0.1",
            Self::AtEndOnly => "fix beforehand how many answers are asked for",
            Self::KeyNotComparable => {
                "mark with at least three numbers drawn at random from a wide range"
            }
            Self::NoPassages => "give a stretch that you suspect as a text of its own",
            Self::MuchExposed => "ask prompts that do not contain the answer's words",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExposureUnknown => "some answers come without what the model was shown",
            Self::RelatedKeys => {
                "keys of this engine resemble each other: this key was compared with others on the same text, and the larger p is reported"
            }
            Self::AnswersAsTokens => {
                "answers came as token ids: a text can be cut into tokens in many ways, and whoever wrote the records chose one"
            }
            Self::AnyonesKey => {
                "the key is published or can be guessed: anyone can have marked this text"
            }
            Self::RecordsSkipped => {
                "many records were skipped as bad: those that were read are selected by their form"
            }
            Self::AtEndOnly => {
                "tokens of one green list depend on each other: this e-value holds at the end only, if the number of answers was fixed beforehand"
            }
            Self::KeyNotComparable => {
                "the key's numbers are too few, or fill their range: it cannot be told from other keys, and p = 1 says nothing"
            }
            Self::TooFewCells => "too few cells: nothing can be said either way",
            Self::WindowsRepeat => {
                "windows repeat: over half of the cells are repetitions and do not count"
            }
            Self::NoPassages => {
                "marked passages are not looked for in this scheme: a short marked stretch in a long text may not be seen"
            }
            Self::MuchExposed => {
                "over a fifth of the cells were left out: the suspect had been shown their windows"
            }
        })
    }
}
