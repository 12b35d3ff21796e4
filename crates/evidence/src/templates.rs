//! Drafts for a person to complete, with what follows from the bundle filled in.

use crate::reading::{Bundle, damaged};
use hallmark::Result;
use hallmark_verify::digest::sha256;
use hallmark_verify::dsse::Envelope;
use hallmark_verify::files::Files;
use hallmark_verify::formats::{
    CaseLog, Commitments, Event, FINDINGS, KeyRole, LogFiles, Manifest,
};
use hallmark_verify::tlog::TlogProof;
use serde_json::Value;

/// A draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// A notice of what is disclosed, to the other side.
    DisclosureNotice,
    /// A certification in the manner of Rules 902(13) and 902(14).
    Certification,
    /// What an opposing expert will ask, and where the answer stands.
    OpposingExpert,
}

impl Template {
    const fn text(self) -> &'static str {
        match self {
            Self::DisclosureNotice => include_str!("../templates/disclosure-notice.md"),
            Self::Certification => include_str!("../templates/certification.md"),
            Self::OpposingExpert => include_str!("../templates/opposing-expert.md"),
        }
    }

    /// The draft, as Markdown, for a bundle. What follows from the bundle is in it; what a person must say stands in square brackets.
    ///
    /// # Errors
    /// When a file of the bundle cannot be read.
    pub fn fill(self, bundle: &dyn Files) -> Result<String> {
        let bundle = Bundle(bundle);
        let facts = bundle.facts()?;
        let mut filled = String::new();
        let mut rest = self.text();
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            let fact = facts.iter().find(|(known, _)| *known == name);
            filled.push_str(fact.map_or("[not stated]", |(_, value)| value));
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

impl Bundle<'_> {
    fn log_words(&self, stem: &str) -> String {
        let of = |at: &LogFiles| {
            let proof = TlogProof::parse(&self.bytes(&at.proof(stem)).ok()?).ok()?;
            let origin = cell(proof.origin());
            Some(format!(", entry {} of the log {origin}", proof.index))
        };
        LogFiles::ALL.iter().filter_map(of).collect()
    }

    /// Every name that drafts use.
    fn facts(&self) -> Result<Vec<(&'static str, String)>> {
        let manifest = self.bytes(Manifest::FILE)?;
        let signed = Envelope::parse(&self.bytes(Manifest::SIGNED)?)
            .map_err(|error| damaged(Manifest::SIGNED, &error))?;
        let signers = signed.signatures().iter().map(|one| &one.keyid[..]);
        let (plan, text) = self.plan()?;
        let commitments: Commitments = self.json(Commitments::FILE)?;
        let log = self.log()?;
        let events = || log.entries.iter().map(|entry| &entry.event);
        let program = events().rev().find_map(|event| match event {
            Event::Began {
                version,
                program_sha256,
                ..
            } => Some((version.clone(), program_sha256.clone())),
            _ => None,
        });
        let (version, program_sha256) = program.unwrap_or_default();
        let deviations = events().filter_map(|event| match event {
            Event::Deviated { run, fields, note } => {
                Some(format!("run {run}, in {}: {note}", fields.join(", ")))
            }
            _ => None,
        });
        let tested = plan.analysis.get("keys").and_then(Value::as_array);
        let tested = tested.into_iter().flatten();
        let tested = tested.filter_map(|key| key.get("file").and_then(Value::as_str));
        let all = || commitments.keys.iter();
        let public = all().filter(|key| key.role == KeyRole::PublicWeb);
        let listed = self
            .0
            .list()
            .map_err(|error| damaged("the bundle", &error))?;
        let has_items = listed.keys().any(|name| name.starts_with("items/"));
        Ok(vec![
            ("case", cell(&plan.case)),
            ("manifest_sha256", sha256(&manifest)),
            ("signer", joined(signers)),
            ("plan_sha256", sha256(text.as_bytes())),
            ("plan_made", cell(&plan.made)),
            ("plan_log", self.log_words("plan")),
            ("commitments_made", cell(&commitments.made)),
            ("commitments_log", self.log_words("commitments")),
            ("version", version),
            ("program_sha256", program_sha256),
            ("runs", log.runs().to_string()),
            ("committed", joined(all().map(|key| &key.name[..]))),
            ("tested", joined(tested)),
            ("deviations", joined(deviations)),
            ("public_keys", joined(public.map(|key| &key.name[..]))),
            ("alpha", plan.fixed.alpha.to_string()),
            ("against", cell(&plan.fixed.against)),
            ("items", items(has_items).to_owned()),
            ("does_not_show", self.does_not_show(&log)),
        ])
    }

    fn does_not_show(&self, log: &CaseLog) -> String {
        let run = log.last_ended();
        let findings = run.and_then(|run| self.text(&format!("runs/{run}/{FINDINGS}")).ok());
        let findings = findings.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let shown = findings
            .as_ref()
            .and_then(|findings| findings.get("does_not_show"));
        let shown = shown.and_then(Value::as_array).into_iter().flatten();
        let lines: Vec<String> = shown
            .filter_map(Value::as_str)
            .map(|line| format!("- {line}"))
            .collect();
        lines.join("\n")
    }
}

const fn items(has_items: bool) -> &'static str {
    match has_items {
        true => "- The answers that were examined, and the files that shaped the examination.",
        false => {
            "- The answers that were examined are not in it; the findings name each file by SHA-256. They can be inspected [where, on what terms]."
        }
    }
}

fn joined<T: AsRef<str>>(all: impl Iterator<Item = T>) -> String {
    let all: Vec<String> = all.map(|one| cell(one.as_ref())).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join("; "),
    }
}

/// Other people's words on one line of a table.
fn cell(text: &str) -> String {
    hallmark::text::plain(text).replace('|', "\\|")
}
