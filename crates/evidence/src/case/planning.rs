//! A plan is made: keys by their commitments, files taken in, everything fixed, signed and logged.

use super::folder::{INPUTS, ITEMS, record, sha256, text};
use super::take_in::{TakenIn, take_in};
use super::words as case_words;
use crate::logged::{Proofs, keep};
use crate::signer::Signer;
use crate::signing::{SIGNER, public_pem, sign_file};
use hallmark::files::{NewFolder, write_new};
use hallmark::{Error, Plan, Result, TriedKey};
use hallmark_verify::formats::{
    CaseLog, CasePlan, CasePlanFormat, Commitments, Event, Fixed, PLAN_PREDICATE, Proposition,
};
use hallmark_verify::without_nulls;
use std::path::{Path, PathBuf};

/// What a case is planned from.
pub struct Planning<'a> {
    /// What people fix in words.
    pub words: Words,
    /// What is done, with files where they stand now, and no keys.
    pub analysis: Plan,
    /// Names of the keys that are tested, among those that were committed to.
    pub keys: &'a [String],
    /// Names of the keys that they are contrasted with.
    pub controls: &'a [String],
    /// The file of commitments.
    pub commitments: &'a Path,
    /// The file of the profile that the analysis has.
    pub profile: &'a Path,
    /// Who signs.
    pub signer: &'a Signer,
}

/// What people fix in words.
#[derive(Clone, Debug)]
pub struct Words {
    /// The name of the case.
    pub case: String,
    /// What is asked.
    pub question: String,
    /// Who examines.
    pub operator: Option<String>,
    /// Who reviews.
    pub reviewer: Option<String>,
    /// What could be true.
    pub propositions: Vec<Proposition>,
    /// How answers are collected, when that ends, and what is left out.
    pub fixed: Fixed,
}

/// Makes the folder of a case. `prove` takes the plan's digest and gives what proves when it was there, if anything does.
///
/// # Errors
/// When the folder exists, a key was not committed to, or a file cannot be read or written.
pub fn plan(
    root: &Path,
    planning: Planning<'_>,
    prove: impl FnOnce(&str) -> Result<Proofs>,
) -> Result<CasePlan> {
    let Planning {
        words,
        mut analysis,
        keys,
        controls,
        commitments: file,
        profile,
        signer,
    } = planning;
    let folder = NewFolder::create(root)?;
    let made = folder.path();
    let listed = text(file)?;
    let commitments: Commitments = serde_json::from_str(&listed).map_err(|error| {
        Error::usage(error)
            .at(file.display())
            .hint("give the commitments.json that `hallmark commit` wrote")
    })?;
    write_new(&made.join(Commitments::FILE), listed.as_bytes())?;
    take_beside(file, made)?;
    analysis.keys = named(&commitments, keys)?;
    analysis.controls = named(&commitments, controls)?;
    if let Some(seed) = commitments.decoy_seed
        && seed != analysis.decoy_seed
    {
        return Err(Error::usage(format_args!(
            "the commitments fix line-up {seed}, and the plan asks for {}",
            analysis.decoy_seed
        ))
        .hint("give --decoy-seed as it was committed to"));
    }
    let described = text(profile)?;
    if let Some(committed) = &commitments.profile_sha256 {
        let found = sha256(described.as_bytes());
        if found != *committed {
            return Err(Error::usage(format_args!(
                "the commitments fix a profile whose file has SHA-256 {committed}, and this one has {found}"
            ))
            .at(profile.display())
            .hint("plan with the profile that was committed to"));
        }
    }
    write_new(&made.join(CasePlan::PROFILE), described.as_bytes())?;
    let mut taken: Vec<TakenIn> = vec![];
    for path in analysis.paths_mut() {
        let file = take_in(made, INPUTS, path)?;
        path.clone_from(&file.file);
        taken.push(file);
    }
    for path in analysis.answers.files.iter_mut().chain(&mut analysis.logs) {
        let file = take_in(made, ITEMS, path)?;
        path.clone_from(&file.file);
        taken.push(file);
    }
    taken.sort_by(|a, b| a.file.cmp(&b.file));
    taken.dedup_by(|a, b| a.file == b.file);
    let json = serde_json::to_value(&analysis)
        .map_err(|error| Error::usage(format_args!("a path of the plan is no text: {error}")))?;
    let plan = CasePlan {
        schema: CasePlanFormat,
        case: words.case,
        question: words.question,
        made: jiff::Timestamp::now().to_string(),
        operator: words.operator,
        reviewer: words.reviewer,
        commitments_sha256: sha256(listed.as_bytes()),
        fixed: Fixed {
            normalisation: case_words::normalisation(analysis.answers.normalise).to_owned(),
            ..words.fixed
        },
        propositions: words.propositions,
        files: taken.iter().map(TakenIn::planned).collect(),
        analysis: without_nulls(&json),
    };
    let written = toml::to_string_pretty(&plan)
        .map_err(|error| Error::usage(format_args!("the plan cannot be written: {error}")))?;
    let digest = sha256(written.as_bytes());
    write_new(&made.join(CasePlan::FILE), written.as_bytes())?;
    let envelope = sign_file(signer, CasePlan::FILE, &digest, PLAN_PREDICATE)?;
    write_new(&made.join("plan.dsse.json"), envelope.as_bytes())?;
    write_new(&made.join(SIGNER), public_pem(signer)?.as_bytes())?;
    for (name, content) in prove(&digest)? {
        keep(&made.join(name), &content)?;
    }
    let mut events = record(
        made,
        &CaseLog::read("").expect("nothing is a log"),
        Event::Planned {
            plan_sha256: digest,
            commitments_sha256: plan.commitments_sha256.clone(),
        },
    )?;
    for file in &taken {
        events = record(made, &events, file.event())?;
    }
    folder.finish()?;
    Ok(plan)
}

/// What stands beside commitments: what proves that they were logged, and the table of cohorts that they name.
const BESIDE: [&str; 4] = [
    "commitments.tlog-proof",
    "commitments.tsr",
    "log.pub",
    Commitments::COHORTS,
];

fn take_beside(commitments: &Path, to: &Path) -> Result<()> {
    for name in BESIDE {
        let beside: PathBuf = commitments.with_file_name(name);
        if beside.is_file() {
            let content =
                std::fs::read(&beside).map_err(|error| Error::io("read", &beside, &error))?;
            write_new(&to.join(name), &content)?;
        }
    }
    Ok(())
}

fn named(commitments: &Commitments, names: &[String]) -> Result<Vec<TriedKey>> {
    let of = |name: &String| {
        let mut keys = commitments.keys.iter();
        let key = keys.find(|key| key.name == *name || key.key_id == *name);
        let key = key.ok_or_else(|| {
            let known: Vec<&str> = commitments.keys.iter().map(|key| &key.name[..]).collect();
            Error::usage(format_args!("nobody committed to a key {name}")).hint(format_args!(
                "keys are named as in the commitments: {}",
                known.join(", ")
            ))
        })?;
        Ok(TriedKey {
            key_id: key.key_id.clone(),
            file: key.name.clone(),
            root_id: key.root_id.clone(),
        })
    };
    names.iter().map(of).collect()
}
