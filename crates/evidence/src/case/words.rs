//! What a plan says where nobody says otherwise.

use hallmark_verify::formats::{Fixed, Proposition};

/// What is asked.
pub const QUESTION: &str = "Was the suspect model trained on text that the tested keys marked?";

/// How answers are collected.
pub const COLLECTION: &str =
    "each prompt once, in the order of the file of prompts, by `hallmark collect`";

/// When no more is asked for.
pub const STOPPING: &str = "when all prompts were asked once; nothing is scored before";

/// Which answers are left out.
pub const EXCLUSIONS: &str = "requests that failed or were refused; no other";

/// What would speak against the question.
pub const AGAINST: &str =
    "no adjusted p-value of a tested key at or below the level; or a never-used key at or below it";

/// What could be true.
#[must_use]
pub fn propositions() -> Vec<Proposition> {
    let all = [
        (
            "H1",
            "The suspect was trained on answers that were harvested through the tested cohorts.",
        ),
        ("H2", "The suspect picked the text up from the public web."),
        (
            "H3",
            "The text came to the suspect in a data set of a third party.",
        ),
        (
            "H4",
            "The suspect shares an ancestor with the marked model, or its training data were licensed.",
        ),
        ("H0", "The suspect never saw marked text."),
    ];
    let of = |(id, text): (&str, &str)| Proposition {
        id: id.to_owned(),
        text: text.to_owned(),
    };
    all.map(of).to_vec()
}

/// How text is made into tokens.
#[must_use]
pub const fn normalisation(normalise: bool) -> &'static str {
    match normalise {
        true => {
            "characters that programs change for looks are undone by a fixed table; then text is cut into tokens by the profile's tokenizer"
        }
        false => "none: text is cut into tokens by the profile's tokenizer as it stands",
    }
}

/// What is fixed in words.
#[must_use]
pub fn fixed() -> Fixed {
    Fixed {
        collection: COLLECTION.to_owned(),
        answers: None,
        alpha: hallmark_detector::statistic::plain::LEVEL,
        multiplicity: "Holm over every test of every tested key whose conditions are shown to hold; those of which one is not, in a family of their own that decides nothing".to_owned(),
        stopping: STOPPING.to_owned(),
        exclusions: EXCLUSIONS.to_owned(),
        normalisation: normalisation(false).to_owned(),
        against: AGAINST.to_owned(),
    }
}
