//! `plan`: an examination fixed before anyone is asked.

use super::tlog;
use crate::args::{PlanArgs, WordArgs};
use crate::failure::Outcome;
use crate::output::Output;
use hallmark::files::profiles;
use hallmark::{Error, Exit};
use hallmark_evidence::case::{Planning, Words, plan, words};
use hallmark_evidence::logged::Kind;
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
        profile: &args.profile,
        signer: &signer,
    };
    let planned = plan(&args.case, planning, |digest| {
        tlog::logged(&args.tlog, Kind::CasePlan, digest)
    })?;
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
            Ok(Proposition {
                id: id.to_owned(),
                text: text.to_owned(),
            })
        });
        let mut propositions = propositions.collect::<Outcome<Vec<_>>>()?;
        if propositions.is_empty() {
            propositions = words::propositions();
        }
        Ok(Words {
            case: self.name.clone().or(folder).unwrap_or_default(),
            question: self.question.clone(),
            operator: self.operator.clone(),
            reviewer: self.reviewer.clone(),
            propositions,
            fixed: Fixed {
                collection: self.collection.clone(),
                answers: self.answers,
                stopping: self.stopping.clone(),
                exclusions: self.exclusions.clone(),
                against: self.against.clone(),
                ..words::fixed()
            },
        })
    }
}

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
