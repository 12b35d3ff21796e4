//! A case: fifteen sections, structured after ISO 21043-5.

use crate::Case;
use crate::page::{Block, Page, Section, Text};
use crate::sections;
use crate::words::Names;

pub(crate) fn case(case: &Case) -> Page {
    let examined = &case.examined;
    let given = case.commitments.iter();
    let given = given.map(|one| (&one.key_id[..], &one.name[..]));
    let names = Names::new(given, examined);
    let sections = vec![
        Section::new("question", "Question and propositions").and(sections::question(case)),
        Section::new("finding", "Finding, and what it does not show")
            .and(sections::finding(examined, &names))
            .and(sections::other_runs(case))
            .with(Block::heading("What it says of the propositions"))
            .and(sections::roles(examined, &case.commitments)),
        Section::new("items", "Items examined").and(sections::items(examined, &case.items)),
        Section::new("method", "Method, profile and program")
            .and(sections::method(examined, case.tool.as_ref())),
        Section::new("plan", "Plan, its log proof, deviations")
            .and(sections::plan(examined, case.plan.as_ref())),
        Section::new("keys", "Keys, commitments and cohorts").and(sections::keys(
            examined,
            &case.commitments,
            &names,
        )),
        Section::new("results", "Results").and(sections::results(
            examined,
            &names,
            &case.line_ups,
            &case.evidence,
        )),
        Section::new("multiplicity", "Many tests, many keys")
            .and(sections::multiplicity(examined, &names)),
        Section::new("error-rates", "Error rates").and(sections::error_rates(&case.error_rates)),
        Section::new("sensitivity", "Sensitivity").and(sections::sensitivity(case, &names)),
        Section::new("limits", "Limits and alternatives")
            .and(sections::warnings(examined))
            .with(sections::conditions(examined))
            .and(sections::shown_of_conditions(case))
            .with(Block::heading(
                "Other explanations of a dependence on a key",
            ))
            .with(alternatives()),
        Section::new("custody", "Custody log").and(sections::custody(&case.runs)),
        Section::new("repeat", "How to repeat it").and(sections::repeat(examined, &case.replay)),
        Section::new("people", "Operator and reviewer").and(sections::people(case)),
        Section::new("signatures", "Signatures, time stamp and log proof")
            .and(sections::signatures(case.bundle.as_ref())),
    ];
    Page {
        kind: "Report of an examination",
        title: Text::default().and_name(&case.name),
        below: Text::words("Hallmark ")
            .and_name(
                case.tool
                    .as_ref()
                    .map_or(&examined.version, |tool| &tool.version),
            )
            .and(". Sections structured after ISO 21043-5; no conformity is claimed."),
        sections,
    }
}

/// What an opposing expert would bring forward first.
fn alternatives() -> Block {
    let lines = [
        "The suspect relays the marked service itself, and its answers are that service's: to be told by asking where answers are made, and by changing the live key and looking again.",
        "The suspect had been shown marked text (in prompts, by retrieval, from memory) that is not in the records, and copied it.",
        "Marked text was public, and came into the training with other text of the web: the public-cohort key speaks to that.",
        "A third party trained a model, or made a data set, from marked text, and the suspect's makers used it without knowing.",
        "Somebody who knew the key forged marked text: never-used keys and the custody of keys speak to that.",
        "Keys, prompts, settings or answers were chosen by looking at results: commitments, the plan and the logs speak to that.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}
