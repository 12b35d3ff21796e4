//! What a bundle says, as its report carries it.

use crate::reading::{Bundle, damaged};
use hallmark::{Error, Examined, Result};
use hallmark_detector::finding::{Found, Test};
use hallmark_detector::statistic::plain::p_value;
use hallmark_detector::tail::Log10E;
use hallmark_report::{
    Bundle as Packed, Case, Commitment, Deviation, Digest, ErrorRate, Evidence, FixedPlan, Item,
    LineUp, Logged, Point, Proposition, Role, Run, Signer, Source, Tool,
};
use hallmark_verify::arithmetic::{Cells, growth};
use hallmark_verify::digest::sha256;
use hallmark_verify::dsse::Envelope;
use hallmark_verify::files::Files;
use hallmark_verify::formats::{
    CaseLog, CasePlan, Commitments, Event, FINDINGS, KeyRole, Manifest,
};
use hallmark_verify::tlog::{Checkpoint, TlogProof};

/// Points of a picture's curve at most, about.
const POINTS: usize = 200;

/// Parts into which answers are divided, in their order, to see what is left without each.
const PARTS: u32 = 10;

/// The case of a bundle, with the findings of its last run that ended.
///
/// # Errors
/// When a file of the bundle is missing or damaged.
pub fn reported(bundle: &dyn Files) -> Result<Case> {
    let files = Bundle(bundle);
    let (plan, plan_text) = files.plan()?;
    let commitments: Commitments = files.json(Commitments::FILE)?;
    let log = files.log()?;
    let run = log
        .entries
        .iter()
        .rev()
        .find_map(|entry| match entry.event {
            Event::Ended { run, .. } => Some(run),
            _ => None,
        });
    let run = run.ok_or_else(|| {
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
    let logged = files.logged("commitments.tlog-proof");
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
            cohort_size: None,
            issued: None,
            logged: logged.clone(),
        })
        .collect();
    case.plan = Some(FixedPlan {
        sha256: sha256(plan_text.as_bytes()),
        logged: files.logged("plan.tlog-proof"),
        text: Some(plan_text),
        deviations: deviations(&log, run),
    });
    case.items = items(&log);
    case.runs = runs(&log);
    case.tool = tool(&log, run);
    case.error_rates = error_rates(&case.examined);
    if let Some(cells) = &cells {
        case.line_ups = line_ups(&case.examined, cells);
        case.evidence = evidence(&value, cells);
        case.sources = sources(&case.examined, cells)?;
    }
    case.bundle = files.packed()?;
    case.replay = commands(&case, &commitments);
    Ok(case)
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

/// T1 without each tenth of the answers.
fn sources(examined: &Examined, cells: &Cells) -> Result<Vec<Source>> {
    let profile = examined.profile.profile()?;
    let answers = u32::try_from(examined.counts.answers).unwrap_or(u32::MAX);
    let parts = PARTS.min(answers);
    let law = profile.law();
    let ring = profile.ring.max(1) as usize;
    let mut sources = vec![];
    for tried in &examined.keys {
        let has = |found: &Found| matches!(found, Found::T1(_));
        let made = examined
            .tests
            .iter()
            .any(|finding| finding.key_id == tried.key_id && has(&finding.found));
        let key = cells.keys.iter().find(|key| key.key_id == tried.key_id);
        let Some(key) = key.filter(|key| made && key.words.len() == ring * cells.answers.len())
        else {
            continue;
        };
        for part in 0..parts {
            let bound =
                |part: u32| (u64::from(part) * u64::from(answers) / u64::from(parts)) as u32;
            let (first, end) = (bound(part), bound(part + 1));
            let kept = cells.answers.iter().zip(key.words.chunks_exact(ring));
            let kept = kept.filter(|(answer, _)| !(first..end).contains(answer));
            let words: Vec<u32> = kept.flat_map(|(_, words)| words.iter().copied()).collect();
            let log10_p =
                p_value(law, words.len() as u64, law.sum(&words)).map_err(Error::usage)?;
            sources.push(Source {
                key_id: tried.key_id.clone(),
                source: format!("answers {} to {end}", first + 1),
                cells: (words.len() / ring) as u64,
                log10_p,
            });
        }
    }
    Ok(sources)
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
    /// Where a proof says that its file was logged; `verify` says whether it does.
    fn logged(&self, proof: &str) -> Option<Logged> {
        let proof = TlogProof::parse(&self.bytes(proof).ok()?).ok()?;
        let (text, _) = proof.checkpoint.split_once("\n\n")?;
        let checkpoint = Checkpoint::parse(&format!("{text}\n")).ok()?;
        Some(Logged {
            origin: checkpoint.origin,
            index: proof.index,
            tree_size: checkpoint.size,
            time: None,
        })
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
            logged: None,
        }))
    }
}
