//! The schemas of `docs/schemas`, held against the types that results are written from.
//!
//! `HALLMARK_WRITE_SCHEMAS=1 cargo test -p hallmark-cli --bin hallmark schemas` writes them anew.

use crate::results::campaign::CampaignCohorts;
use crate::results::collect::Collected;
use crate::results::demo::Demo;
use crate::results::doctor::Diagnosed;
use crate::results::mark::Marked;
use crate::results::probe::Probed;
use crate::verbs::keygen::Made;
use crate::verbs::self_test::SelfTest;
use hallmark::examine::{Examined, Plan};
use hallmark::json::formats;
use hallmark::profile::{ListedSchemes, ShownProfile};
use hallmark_study::{nulls, quality, record, tables};
use hallmark_verify::formats::{
    BundleFormat, CasePlan, CasePlanFormat, Commitments, CommitmentsFormat, Manifest, VerifyFormat,
};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The schema of a result, as it is written.
fn of<T: JsonSchema>(format: &str) -> (String, String) {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), format.into());
    let (verb, version) = format
        .strip_prefix("hallmark/")
        .and_then(|name| name.split_once('/'))
        .expect("formats are named so");
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    (format!("{verb}-{version}.json"), text + "\n")
}

fn all() -> Vec<(String, String)> {
    vec![
        of::<Manifest>(BundleFormat::ID),
        of::<hallmark::Calibrated>(formats::Calibrate::ID),
        of::<CampaignCohorts>(formats::CampaignCohorts::ID),
        of::<hallmark_campaign::results::Scanned>(formats::CampaignScan::ID),
        of::<CasePlan>(CasePlanFormat::ID),
        of::<hallmark_evidence::cohorts::Drawn>(formats::Cohorts::ID),
        of::<Collected>(formats::Collect::ID),
        of::<Commitments>(CommitmentsFormat::ID),
        of::<Demo>(formats::Demo::ID),
        of::<Made<formats::Derive>>(formats::Derive::ID),
        of::<hallmark::Detected>(formats::Detect::ID),
        of::<Diagnosed>(formats::Doctor::ID),
        of::<Examined>(formats::Examine::ID),
        of::<hallmark::indexes::Indexed>(formats::Index::ID),
        of::<Made<formats::Keygen>>(formats::Keygen::ID),
        of::<hallmark_serve::ledger::Log>(formats::Ledger::ID),
        of::<Marked>(formats::Mark::ID),
        of::<hallmark::merge::MergedAudits>(formats::Merge::ID),
        of::<Plan>(formats::Plan::ID),
        of::<hallmark::power::Planned>(formats::Power::ID),
        of::<Probed>(formats::Probe::ID),
        of::<ShownProfile>(formats::Profile::ID),
        of::<ListedSchemes>(formats::ProfileList::ID),
        of::<hallmark_report::Case>(hallmark_report::REPORT),
        of::<hallmark::Scanned>(formats::Scan::ID),
        of::<SelfTest>(formats::SelfTest::ID),
        of::<record::ArmRecord>(formats::StudyArm::ID),
        of::<record::ExaminedRecord>(formats::StudyExamined::ID),
        of::<hallmark_study::campaigns::CampaignRuns>(formats::StudyCampaigns::ID),
        of::<nulls::Nulls>(formats::StudyNulls::ID),
        of::<quality::QualityTable>(formats::StudyQuality::ID),
        of::<tables::Tables>(formats::StudyTables::ID),
        of::<hallmark_evidence::twins::Committed>(formats::Twins::ID),
        of::<hallmark_evidence::twins::Drawn>(formats::TwinsDraw::ID),
        of::<hallmark_evidence::twins::Tested>(formats::TwinsTest::ID),
        of::<hallmark_verify::bundle::Verified>(VerifyFormat::ID),
    ]
}

#[test]
fn schemas_are_those_of_the_types() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    let all = all();
    if std::env::var_os("HALLMARK_WRITE_SCHEMAS").is_some() {
        for (name, text) in &all {
            std::fs::write(folder.join(name), text).expect("docs/schemas can be written");
        }
    }
    for (name, text) in &all {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let differs = text
            .lines()
            .zip(committed.lines())
            .position(|(a, b)| a != b);
        let line = differs.unwrap_or(text.lines().count().min(committed.lines().count()));
        assert!(
            *text == committed,
            "docs/schemas/{name} is not what the types say, from line {} on:\n  committed {:?}\n  derived   {:?}\n\
             If the format was meant to change, give it a new version and write it with HALLMARK_WRITE_SCHEMAS=1",
            line + 1,
            committed.lines().nth(line),
            text.lines().nth(line)
        );
    }
    let named: BTreeSet<String> = all.into_iter().map(|(name, _)| name).collect();
    let files = std::fs::read_dir(&folder).expect("docs/schemas is there");
    let there = files.map(|file| file.expect("a file").file_name().to_string_lossy().into());
    assert_eq!(
        there.collect::<BTreeSet<String>>(),
        named,
        "one file for each format"
    );
}
