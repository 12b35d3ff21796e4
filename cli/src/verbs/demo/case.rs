//! The demo's case: keys committed to, an examination planned, made, packed and signed, as a laboratory would.

use super::cast::DECOYS;
use crate::failure::Outcome;
use hallmark::files::{keys, write_new};
use hallmark::progress::silent;
use hallmark::{Inputs, Plan};
use hallmark_core::profile::Profile;
use hallmark_evidence::bundle::{Contents, pack};
use hallmark_evidence::case::{Case, Planning, Run, Words, plan, words};
use hallmark_evidence::commit::{Beside, Named, write};
use hallmark_evidence::logged::{Kind, LogAt};
use hallmark_evidence::reported::reported;
use hallmark_evidence::signer::{Signer, write_public};
use hallmark_report::{Subject, VERIFIER, html};
use hallmark_verify::files::Folder;
use hallmark_verify::formats::KeyRole;
use std::path::Path;

/// Names of keys in the case.
const TESTED: [(&str, KeyRole); 2] = [
    ("harvesters", KeyRole::Cohort),
    ("never-used", KeyRole::NeverUsed),
];

/// From the keys and answers that were left in a folder to a bundle and its report beside them.
pub(super) fn tell(folder: &Path, profile: &Profile) -> Outcome<()> {
    let at = |name: &str| folder.join(name);
    let signer = Signer::generate(&at("keys/examiner.key"))?;
    write_public(&at("examiner.pub"), &signer.public())?;
    let log_signer = Signer::generate(&at("keys/log.key"))?;
    let log = LogAt {
        folder: &at("log"),
        origin: None,
        signer: &log_signer,
    };
    let named = TESTED.map(|(name, role)| {
        let key = keys::read(&at(&format!("keys/{name}.key")))?;
        let name = name.to_owned();
        Ok(Named { name, role, key })
    });
    let named: Vec<Named> = named.into_iter().collect::<Outcome<_>>()?;
    let beside = Beside {
        profile: Some(&at("profile.toml")),
        ..Beside::default()
    };
    write(&at("commitments"), &named, &beside, |digest| {
        log.write(Kind::Commitments, digest)
    })?;
    let names = TESTED.map(|(name, _)| name.to_owned());
    let planning = Planning {
        words: Words {
            case: "demo".to_owned(),
            question: words::QUESTION.to_owned(),
            operator: None,
            reviewer: None,
            propositions: words::propositions(),
            fixed: words::fixed(),
        },
        analysis: Plan {
            decoys: DECOYS,
            ..Plan::new(profile, vec![], Inputs::default())
        },
        keys: &names,
        controls: &[],
        commitments: &at("commitments/commitments.json"),
        profile: &at("profile.toml"),
        signer: &signer,
    };
    plan(&at("case"), planning, |digest| {
        log.write(Kind::CasePlan, digest)
    })?;
    let mut case = Case::open(&at("case"))?;
    let marking: Vec<_> = named.iter().map(|named| named.key.marking_key()).collect();
    let mut run = Run {
        keys: &marking,
        answers: &[at("student-marked.jsonl")],
        logs: &[],
        note: None,
        change: &mut |_| Ok(()),
    };
    case.examine(&mut run, &mut silent)?;
    let contents = Contents { with_items: true };
    pack(&case, &signer, &at("bundle"), contents)?;
    let reported = reported(&Folder(at("bundle")))?;
    let page = html(&Subject::Case(&reported), Some(VERIFIER));
    write_new(&at("report.html"), page.as_bytes())
}
