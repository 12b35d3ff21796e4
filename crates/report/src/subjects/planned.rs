//! How much must be asked.

use crate::page::{Block, Page, Section, Text};
use crate::words::{count, decimals, fixed, significant};
use hallmark::power::Planned;
use hallmark_core::schemes::{Family, Scheme};
use hallmark_detector::power::GrowthSource;

pub(crate) fn planned(planned: &Planned) -> Page {
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(
            Text::words("How much must a suspect be asked, that a mark of scheme ")
                .and_code(&planned.scheme)
                .and(format!(
                    " with windows of {} tokens, if it lifts {} by {}, is found at level {} in {} cases of 100?",
                    planned.window,
                    lifted(planned),
                    significant(planned.lift),
                    fixed(planned.alpha),
                    decimals(planned.power * 100.0, 0)
                )),
        )),
        Section::new("finding", "The answer, and what it does not say")
            .with(Block::says(says(planned)))
            .with(Block::heading("What it does not say"))
            .with(does_not_say()),
        Section::new("results", "The numbers").with(Block::Facts(numbers(planned))),
        Section::new("repeat", "How to repeat it").with(Block::paragraph(
            "The same version of the program, with the scheme, window, level, power and lift or share above, gives the same bytes.",
        ))
        .with(Block::code("hallmark power --profile PROFILE --lift LIFT")),
    ];
    Page {
        kind: "Plan of an examination's size",
        title: Text::words("How much must be asked?"),
        below: Text::words("Hallmark ").and_name(&planned.version),
        sections,
    }
}

fn lifted(planned: &Planned) -> &'static str {
    match Scheme::named(&planned.scheme).map(|scheme| scheme.row().family) {
        Some(Family::Green) => "the green rate",
        Some(Family::Tournament) => "the rate of one bits",
        _ => "the mean score, in nats,",
    }
}

fn says(planned: &Planned) -> String {
    let mut text = format!("{} distinct cells are needed", count(planned.cells));
    if let (Some(tokens), Some(growth)) = (planned.tokens, planned.growth) {
        let source = match growth.source {
            GrowthSource::Given => "at the rate of new cells that was given",
            GrowthSource::Assumed => {
                "at 0.27 new cells a token, the lowest published for windows of two tokens"
            }
            GrowthSource::Pilot => "as the pilot's cells grew",
        };
        text += &format!(": about {} generated tokens, {source}", count(tokens));
    }
    if let Some(answers) = planned.answers {
        text += &format!("; about {} answers", count(answers));
    }
    text + "."
}

fn does_not_say() -> Block {
    let lines = [
        "It plans how much to ask. It certifies nothing: which share a suspect would show is known only from a study of this kind of model, size, rate and passes.",
        "It is planned for the sum of scores (T1) alone; weights by harvested text need fewer cells.",
        "Whether the answers' cells grow as assumed is seen only in the answers.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}

fn numbers(planned: &Planned) -> Vec<(Text, Text)> {
    let mut facts: Vec<(&str, String)> = vec![
        ("Level", fixed(planned.alpha)),
        ("Power asked for", fixed(planned.power)),
        ("Power reached", decimals(planned.reached, 4)),
        ("Lift", fixed(planned.lift)),
        ("Distinct cells", count(planned.cells)),
        (
            "The same by the normal approximation",
            count(planned.normal_cells),
        ),
        (
            "Smallest sum over so many cells that is a finding",
            decimals(planned.critical, 2),
        ),
    ];
    let more = [
        ("Share of the training text", planned.share.map(fixed)),
        ("γ", planned.gamma.map(fixed)),
        ("Layers", planned.layers.map(|layers| layers.to_string())),
        ("Generated tokens, about", planned.tokens.map(count)),
        ("Answers, about", planned.answers.map(count)),
        (
            "Lift from study",
            planned
                .calibration
                .as_ref()
                .map(|used| format!("{} of table {} ({})", used.row, used.edition, used.student)),
        ),
        (
            "Weighed by the harvest (T2), cells, predicted",
            planned.weighted.as_ref().map(|weighted| {
                format!(
                    "{}, {} times fewer",
                    count(weighted.cells),
                    significant(weighted.gain)
                )
            }),
        ),
    ];
    facts.extend(
        more.into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let text = |(name, value): (&str, String)| (Text::words(name), Text::words(value));
    facts.into_iter().map(text).collect()
}
