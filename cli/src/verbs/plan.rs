//! `plan`: an examination fixed before anyone is asked.

use super::tlog;
use crate::args::{PlanArgs, WordArgs};
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::profiles;
use hallmark::{Error, Exit};
use hallmark_evidence::case::{Planning, Words, plan};
use hallmark_evidence::signer::Signer;
use hallmark_verify::formats::{CasePlan, Fixed, Proposition};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Outcome {
    let profile = profiles::read(&args.profile)?;
    let signer = Signer::read(&args.signer)?;
    let mut analysis = args.analysis.plan(&profile, vec![], vec![], &args.inputs);
    if args.analysis.decoys.is_none() {
        analysis.decoys = hallmark::examine::usual_decoys(args.keys.len());
    }
    let planning = Planning {
        words: args.words.words(&args.case)?,
        analysis,
        keys: &args.keys,
        controls: &args.controls,
        commitments: &args.commitments,
        signer: &signer,
    };
    let mut log = |digest: &str| tlog::logged(&args.tlog, "case-plan", "plan.tlog-proof", digest);
    let planned = plan(&args.case, planning, &mut log)?;
    output.result(
        || plan_text(&planned, args, &signer),
        &planned,
        &[] as &[()],
    )?;
    Ok(Exit::Done)
}

impl WordArgs {
    fn words(&self, case: &Path) -> Outcome<Words> {
        let folder = case
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let propositions = self.propositions.iter().map(|given| {
            let (id, text) = given.split_once('=').ok_or_else(|| {
                Error::usage(format_args!("{given:?} is not ID=TEXT"))
                    .hint("for instance --proposition \"H1=harvested through cohort 7\"")
            })?;
            Ok((id.to_owned(), text.to_owned()))
        });
        let mut propositions = propositions.collect::<Outcome<Vec<_>>>()?;
        if propositions.is_empty() {
            propositions = PROPOSITIONS
                .map(|(id, text)| (id.to_owned(), text.to_owned()))
                .to_vec();
        }
        Ok(Words {
            case: self.name.clone().or(folder).unwrap_or_default(),
            question: self.question.clone(),
            operator: self.operator.clone(),
            reviewer: self.reviewer.clone(),
            propositions: propositions
                .into_iter()
                .map(|(id, text)| Proposition { id, text })
                .collect(),
            fixed: Fixed {
                collection: self.collection.clone(),
                answers: self.answers,
                alpha: hallmark_detector::statistic::plain::LEVEL,
                multiplicity: MULTIPLICITY.to_owned(),
                stopping: self.stopping.clone(),
                exclusions: self.exclusions.clone(),
                normalisation: NORMALISATION.to_owned(),
                against: self.against.clone(),
            },
        })
    }
}

/// What could be true, where nothing else is said.
const PROPOSITIONS: [(&str, &str); 5] = [
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

/// What the program does, in words.
const MULTIPLICITY: &str = "Holm over every test of every tested key whose conditions are shown to hold; those of which one is not, in a family of their own that decides nothing";
const NORMALISATION: &str = "none: text is cut into tokens by the profile's tokenizer as it stands";

fn plan_text(plan: &CasePlan, args: &PlanArgs, signer: &Signer) -> String {
    let mut text = String::new();
    let case = args.case.display();
    let _ = writeln!(
        text,
        "Case {} planned in {case}, signed by {}",
        plan.case,
        signer.id()
    );
    for file in &plan.files {
        let _ = writeln!(
            text,
            "  {} {} bytes, SHA-256 {}",
            file.file, file.bytes, file.sha256
        );
    }
    if args.tlog.tlog.is_none() {
        let _ = writeln!(
            text,
            "Nothing but your word says when it was made: log it with --tlog"
        );
    }
    let _ = writeln!(
        text,
        "Next: hallmark examine --plan {case} --key FILE... ANSWERS"
    );
    text
}
