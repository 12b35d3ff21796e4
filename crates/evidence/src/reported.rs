//! What a bundle says, as its report carries it.

use crate::cohorts::Drawn;
use crate::reading::{Bundle, damaged};
use hallmark::{Error, Examined, Result};
use hallmark_detector::finding::Test;
use hallmark_detector::tail::{Log10E, Log10P};
use hallmark_report::{
    Bundle as Packed, Case, Commitment, Deviation, Digest, ErrorRate, Evidence, FixedPlan, Item,
    LineUp, Logged, Point, Proposition, Role, Run, Signer, Source, SourcesAre, Tool,
};
use hallmark_verify::arithmetic::{Cells, Sources, Without, growth, without_each_source};
use hallmark_verify::digest::sha256;
use hallmark_verify::dsse::Envelope;
use hallmark_verify::files::Files;
use hallmark_verify::formats::{
    CaseLog, CasePlan, Commitments, Event, FINDINGS, Issued, KeyRole, LogFiles, Manifest,
};
use hallmark_verify::tlog::{Checkpoint, TlogProof};
use std::collections::BTreeMap;

/// Points of a picture's curve at most, about.
const POINTS: usize = 200;

/// Parts into which answers are divided, in their order, to see what is left without each.
const PARTS: u64 = 10;

/// The case of a bundle, with the findings of its last run that ended.
///
/// # Errors
/// When a file of the bundle is missing or damaged.
pub fn reported(bundle: &dyn Files) -> Result<Case> {
    let files = Bundle(bundle);
    let (plan, plan_text) = files.plan()?;
    let commitments: Commitments = files.json(Commitments::FILE)?;
    let log = files.log()?;
    let run = log.last_ended().ok_or_else(|| {
        Error::usage("no run of this case ended with findings")
            .hint("`hallmark examine --plan CASE` makes one")
    })?;
    let name = format!("runs/{run}/{FINDINGS}");
    let text = files.text(&name)?;
    let examined: Examined = serde_json::from_str(&text).map_err(|error| damaged(&name, &error))?;
    let value = serde_json::from_str(&text).map_err(|error| damaged(&name, &error))?;
    let cells = match files.bytes(&format!("runs/{run}/{}", Cells::FILE)) {
        Ok(bytes) => Some(Cells::from_bytes(&bytes).map_err(|error| damaged(Cells::FILE, &error))?),
        Err(_) => None,
    };
    let logged = files.logged("commitments");
    let sizes = files.cohort_sizes(&commitments)?;
    let mut case = Case::new(plan.case.clone(), plan.question.clone(), examined);
    case.propositions = plan
        .propositions
        .iter()
        .map(|one| Proposition {
            id: one.id.clone(),
            text: one.text.clone(),
        })
        .collect();
    case.operator.clone_from(&plan.operator);
    case.reviewer.clone_from(&plan.reviewer);
    case.commitments = commitments
        .keys
        .iter()
        .map(|key| Commitment {
            name: key.name.clone(),
            role: role(key.role),
            key_id: key.key_id.clone(),
            commitment: key.commitment.clone(),
            cohort_size: sizes.get(&key.name).copied(),
            issued: commitments
                .issued
                .as_ref()
                .map(|issued| window(issued, &commitments.made)),
            logged: logged.clone(),
        })
        .collect();
    case.plan = Some(FixedPlan {
        sha256: sha256(plan_text.as_bytes()),
        logged: files.logged("plan"),
        text: Some(plan_text),
        deviations: deviations(&log, run),
    });
    case.items = items(&log);
    case.runs = runs(&log);
    case.run = Some(run);
    case.other_runs = other_runs(&log, run);
    case.tool = tool(&log, run);
    case.error_rates = error_rates(&case.examined);
    if let Some(cells) = &cells {
        case.line_ups = line_ups(&case.examined, cells);
        case.evidence = evidence(&value, cells);
        if let Some((sources_are, sources)) = sources(&value, cells)? {
            case.sources_are = Some(sources_are);
            case.sources = sources;
        }
    }
    case.bundle = files.packed()?;
    case.replay = commands(&case, &commitments);
    Ok(case)
}

/// When keys mark answers, as was committed to.
fn window(issued: &Issued, made: &str) -> String {
    let Issued { from, to } = issued;
    let mut window = match to {
        Some(to) => format!("{from} to {to}"),
        None => format!("from {from}"),
    };
    // Dates as text are in their order.
    if made.get(..from.len()).is_some_and(|made| &from[..] < made) {
        window.push_str(", which begins before the commitments were made");
    }
    window
}

const fn role(role: KeyRole) -> Role {
    match role {
        KeyRole::Cohort => Role::Tested,
        KeyRole::PublicWeb => Role::Public,
        KeyRole::InnocentControl => Role::Control,
        KeyRole::NeverUsed => Role::NeverUsed,
    }
}

fn deviations(log: &CaseLog, last: u64) -> Vec<Deviation> {
    let of = |event: &Event| match event {
        Event::Deviated { run, fields, note } if *run == last => Some(Deviation {
            what: fields.join(", "),
            note: Some(note.clone()),
        }),
        _ => None,
    };
    log.entries
        .iter()
        .filter_map(|entry| of(&entry.event))
        .collect()
}

fn items(log: &CaseLog) -> Vec<Item> {
    let of = |time: &str, event: &Event| match event {
        Event::TookIn {
            file,
            from,
            bytes,
            sha256,
        } => Some(Item {
            file: file.clone(),
            sha256: sha256.clone(),
            bytes: Some(*bytes),
            acquired: Some(format!("copied into the case from {from} at {time}")),
        }),
        _ => None,
    };
    let entries = log.entries.iter();
    entries
        .filter_map(|entry| of(&entry.time, &entry.event))
        .collect()
}

/// What came of the runs but one.
fn other_runs(log: &CaseLog, shown: u64) -> Vec<String> {
    let of = |event: &Event| match event {
        Event::Ended { run, outcome, .. } if *run != shown => {
            Some(format!("run {run} ended: {outcome}"))
        }
        Event::Failed { run, error, .. } => Some(format!("run {run} failed: {error}")),
        _ => None,
    };
    let events = log.entries.iter().map(|entry| &entry.event);
    events.filter_map(of).collect()
}

fn runs(log: &CaseLog) -> Vec<Run> {
    let digest = |name: &str, sha256: &str| Digest {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
    };
    let of = |event: &Event| match event {
        Event::Planned {
            plan_sha256,
            commitments_sha256,
        } => (
            "the plan was made and signed".to_owned(),
            "done".to_owned(),
            vec![
                digest(CasePlan::FILE, plan_sha256),
                digest(Commitments::FILE, commitments_sha256),
            ],
        ),
        Event::TookIn { file, sha256, .. } => (
            format!("{file} came into the case"),
            "done".to_owned(),
            vec![digest(file, sha256)],
        ),
        Event::Began {
            run,
            version,
            program_sha256,
            ..
        } => (
            format!("run {run} began, with hallmark {version}"),
            "began".to_owned(),
            vec![digest("program", program_sha256)],
        ),
        Event::Deviated { run, fields, note } => (
            format!("run {run} deviates in {}", fields.join(", ")),
            note.clone(),
            vec![],
        ),
        Event::Ended {
            run,
            status,
            outcome,
            findings_sha256,
            cells_sha256,
        } => {
            let cells = cells_sha256
                .iter()
                .map(|sha256| digest(Cells::FILE, sha256));
            let findings = [digest(FINDINGS, findings_sha256)];
            (
                format!("run {run} ended"),
                format!("status {status}, {outcome}"),
                findings.into_iter().chain(cells).collect(),
            )
        }
        Event::Failed { run, status, error } => (
            format!("run {run} failed"),
            format!("status {status}: {error}"),
            vec![],
        ),
    };
    let entries = log.entries.iter().map(|entry| {
        let (what, status, digests) = of(&entry.event);
        Run {
            when: Some(entry.time.clone()),
            what,
            status,
            digests,
        }
    });
    entries.collect()
}

fn tool(log: &CaseLog, last: u64) -> Option<Tool> {
    log.entries.iter().find_map(|entry| match &entry.event {
        Event::Began {
            run,
            version,
            program_sha256,
            ..
        } if *run == last => Some(Tool {
            version: version.clone(),
            build_sha256: (!program_sha256.is_empty()).then(|| program_sha256.clone()),
        }),
        _ => None,
    })
}

/// What committed studies of this project counted (`docs/studies`), for tests that were made.
fn error_rates(examined: &Examined) -> Vec<ErrorRate> {
    let native = ["gumbel", "dual-gumbel", "green", "tournament"];
    let in_scope = native.contains(&&examined.profile.scheme[..]);
    let rate = |what: &str, level, tried, wrong, study: &str, note: &str| ErrorRate {
        study: study.to_owned(),
        what: what.to_owned(),
        level,
        tried,
        wrong,
        in_scope: Some(in_scope),
        note: Some(note.to_owned()),
    };
    let students = "students of 0.9 million parameters, answers to prompts of their own kind";
    let nulls =
        "answers of small students and real text under random keys; tests one by one, not adjusted";
    let of_test = |test: Test, wrong| {
        let made = examined.tests.iter().any(|finding| finding.test() == test);
        made.then(|| {
            rate(
                &test.to_string(),
                0.001,
                3150,
                wrong,
                "docs/studies/nulls.md",
                nulls,
            )
        })
    };
    let whole = rate(
        "a whole examination found a key that marked nothing it was trained on",
        0.001,
        60,
        0,
        "docs/studies/demo-seeds.md",
        students,
    );
    let tests = [
        (Test::T1, 7),
        (Test::T2r, 0),
        (Test::T3, 0),
        (Test::T5, 0),
        (Test::T8, 2),
    ];
    let tests = tests
        .into_iter()
        .filter_map(|(test, wrong)| of_test(test, wrong));
    std::iter::once(whole).chain(tests).collect()
}

/// Units of a printed sum in one unit of its integers: the law's, times the parts of a ring.
fn line_ups(examined: &Examined, cells: &Cells) -> Vec<LineUp> {
    let Ok(profile) = examined.profile.profile() else {
        return vec![];
    };
    let unit = profile.law().unit() as f64 * f64::from(profile.ring.max(1));
    let of = |key: &hallmark_verify::arithmetic::KeyWords| {
        let decoys = key.decoys.as_ref()?;
        Some(LineUp {
            key_id: key.key_id.clone(),
            own: profile.law().sum(&key.words) as f64 / unit,
            decoys: decoys.iter().map(|&sum| sum as f64 / unit).collect(),
        })
    };
    cells.keys.iter().filter_map(of).collect()
}

fn evidence(examined: &serde_json::Value, cells: &Cells) -> Vec<Evidence> {
    let grown = growth(examined, cells).into_iter();
    grown
        .map(|(key_id, looks)| {
            let every = looks.len().div_ceil(POINTS).max(1);
            let last = looks.len().saturating_sub(1);
            let kept = looks.into_iter().enumerate();
            let kept = kept.filter(|(at, _)| at % every == 0 || *at == last);
            let points = kept.filter_map(|(_, (cells, log10_e))| {
                let log10_e = Log10E::new(log10_e).ok()?;
                Some(Point { cells, log10_e })
            });
            Evidence {
                key_id,
                points: points.collect(),
            }
        })
        .collect()
}

/// T1 without each source of answers; without each tenth of them where they have one source, or their sources are not disclosed.
fn sources(
    examined: &serde_json::Value,
    cells: &Cells,
) -> Result<Option<(SourcesAre, Vec<Source>)>> {
    let told = cells.sources.as_ref().filter(|told| told.names.len() > 1);
    let (are, sources) = match told {
        Some(told) if told.by == "group" => (SourcesAre::Groups, told.clone()),
        Some(told) => (SourcesAre::Files, told.clone()),
        None => (
            match cells.sources.is_some() {
                true => SourcesAre::TenthsOfOne,
                false => SourcesAre::Tenths,
            },
            tenths(examined, cells),
        ),
    };
    let of = |without: Without| {
        let name = &sources.names[usize::from(without.source)];
        Ok(Source {
            key_id: without.key_id,
            source: match name.is_empty() {
                true => "records without a group".to_owned(),
                false => name.clone(),
            },
            cells: without.cells,
            log10_p: Log10P::new(without.log10_p).map_err(Error::usage)?,
        })
    };
    let without = without_each_source(examined, cells, &sources).into_iter();
    let without: Vec<Source> = without.map(of).collect::<Result<_>>()?;
    Ok((!without.is_empty()).then_some((are, without)))
}

/// Answers in ten parts, in their order.
fn tenths(examined: &serde_json::Value, cells: &Cells) -> Sources {
    let answers = examined
        .pointer("/counts/answers")
        .and_then(serde_json::Value::as_u64);
    let answers = answers.unwrap_or(0);
    let parts = PARTS.min(answers);
    let bound = |part: u64| (u128::from(part) * u128::from(answers) / u128::from(parts)) as u64;
    // Behind the last answer that has a cell nothing is left out.
    let listed = cells
        .answers
        .iter()
        .max()
        .map_or(0, |&last| u64::from(last) + 1);
    let mut tenths = Sources::default();
    for part in 0..parts {
        let (first, end) = (bound(part), bound(part + 1));
        tenths.names.push(format!("answers {} to {end}", first + 1));
        let own = (first..end.min(listed)).map(|_| part as u16);
        tenths.answers.extend(own);
    }
    tenths
}

fn commands(case: &Case, commitments: &Commitments) -> Vec<String> {
    let names = case.examined.keys.iter().chain(&case.examined.controls);
    let keys = names.map(|key| {
        let named = commitments
            .key(&key.key_id)
            .map_or(&key.file, |key| &key.name);
        format!(" --key {named}.key --opening {named}.opening")
    });
    vec![
        "hallmark verify BUNDLE --signer PUBLISHED.pub".to_owned(),
        format!("hallmark replay BUNDLE{}", keys.collect::<String>()),
    ]
}

impl Bundle<'_> {
    /// Accounts of each cohort, by the table that was committed to, where it is there.
    fn cohort_sizes(&self, commitments: &Commitments) -> Result<BTreeMap<String, u64>> {
        let Ok(bytes) = self.bytes(Commitments::COHORTS) else {
            return Ok(BTreeMap::new());
        };
        if commitments.cohorts_sha256.as_deref() != Some(&sha256(&bytes)[..]) {
            return Err(damaged(
                Commitments::COHORTS,
                &"it is not what was committed to",
            ));
        }
        let drawn: Drawn = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(Commitments::COHORTS, &error))?;
        let sizes = drawn.cohorts.into_iter();
        Ok(sizes.map(|cohort| (cohort.name, cohort.accounts)).collect())
    }

    /// Where proofs say that a file was logged; `verify` says whether it was.
    fn logged(&self, stem: &str) -> Vec<Logged> {
        let of = |at: &LogFiles| {
            let proof = TlogProof::parse(&self.bytes(&at.proof(stem)).ok()?).ok()?;
            let (text, _) = proof.checkpoint.split_once("\n\n")?;
            let checkpoint = Checkpoint::parse(&format!("{text}\n")).ok()?;
            Some(Logged {
                origin: checkpoint.origin,
                index: proof.index,
                tree_size: checkpoint.size,
                time: None,
            })
        };
        LogFiles::ALL.iter().filter_map(of).collect()
    }

    /// The bundle itself; nothing where this is a case that was not packed.
    fn packed(&self) -> Result<Option<Packed>> {
        let Ok(manifest) = self.bytes(Manifest::FILE) else {
            return Ok(None);
        };
        let signed = Envelope::parse(&self.bytes(Manifest::SIGNED)?)
            .map_err(|error| damaged(Manifest::SIGNED, &error))?;
        let signers = signed.signatures().iter().map(|one| Signer {
            public_id: one.keyid.clone(),
            name: None,
        });
        Ok(Some(Packed {
            manifest_sha256: sha256(&manifest),
            signers: signers.collect(),
            logged: vec![],
        }))
    }
}
