//! The test: what is asked, what is found, and on which conditions.

use super::conditions::{ConditionOf, alike, conditions};
use super::draw::Side;
use super::format::CommittedTable;
use super::opened::Opened;
use super::scores::{Feature, Scores};
use hallmark::json::{VERSION, formats};
use hallmark::{Error, Result};
use hallmark_detector::multiplicity::{e_bh, holm};
use hallmark_detector::statistic::twins::{self, TwinsFinding};
use hallmark_detector::tail::Log10P;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is asked about, and how strictly. To be settled before the coins are opened.
#[derive(Clone, Debug)]
pub struct Asked {
    /// These accounts, beside all together.
    pub accounts: Vec<String>,
    /// Every account of the table.
    pub every_account: bool,
    /// An account is named where a test of it is at or below this after Holm's adjustment.
    pub alpha: f64,
}

/// The result of `twins test`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// The name of this format.
    pub schema: formats::TwinsTest,
    /// Version of this program.
    pub version: String,
    /// The name of the draw.
    pub name: String,
    /// SHA-256 of what was published of the twins, in hexadecimal.
    pub committed_sha256: String,
    /// What was published of the table.
    pub table: CommittedTable,
    /// What was compared.
    pub feature: Feature,
    /// The level of naming.
    pub alpha: f64,
    /// log10 p, two-sided, of lengths: twins are made alike, so that the sent ones are not longer or shorter.
    pub log10_p_lengths: Log10P,
    /// All accounts together, then each that was asked about.
    pub findings: Vec<AccountFinding>,
    /// What the p-values rest on.
    pub conditions: Vec<ConditionOf>,
    /// What it comes to.
    pub outcome: Conclusion,
}

/// What a test comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// The suspect depends on which answers were sent, to all accounts together or to some account.
    Found,
    /// Nothing of the kind was seen.
    NotFound,
    /// Too little data, or a condition is seen not to hold.
    Inconclusive,
}

/// What was found of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountFinding {
    /// The account; nothing for all together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The numbers.
    pub finding: TwinsFinding,
    /// The tests that decide, adjusted over all of all accounts.
    pub tests: Vec<TestedTwins>,
    /// Whether one of them is at or below the level.
    pub named: bool,
    /// Whether it is on the list that e-BH makes of all accounts asked about, at a false discovery rate of 5%. No finding.
    pub screened: bool,
}

/// A test of an account.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestedTwins {
    /// Which.
    pub test: TestName,
    /// log10 p.
    pub log10_p: Log10P,
    /// The same after Holm's adjustment.
    pub log10_p_adjusted: Log10P,
}

/// The tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TestName {
    /// How often the sent twin has the larger feature; pairs without a score count against it.
    Sign,
    /// The same, weighted by how much twins differ.
    Weighted,
    /// Bets in the order of the table, at their best.
    Bets,
}

const NAMES: [TestName; 3] = [TestName::Sign, TestName::Weighted, TestName::Bets];

/// Fewer pairs that tell anything come to no outcome.
const LEAST: u64 = 25;

const SCREENING_FDR: f64 = 0.05;

/// Tests scores of opened twins.
///
/// # Errors
/// When the level is none, or an account has no twins.
pub fn test(opened: &Opened<'_>, scores: &Scores, asked: &Asked) -> Result<Tested> {
    if !(asked.alpha > 0.0 && asked.alpha < 1.0) {
        return Err(
            Error::usage(format_args!("a level of {} is none", asked.alpha))
                .hint("give a number between 0 and 1, such as 0.001"),
        );
    }
    let mut findings = vec![];
    for (account, places) in asked_about(opened, asked)? {
        let unmade = opened.table.without_twins.unwrap_or(0);
        let mut differences: Vec<Option<f64>> = places
            .iter()
            .map(|&place| scores.of[place].map(|of| signed(opened.sent[place], of)))
            .collect();
        // Whose they were is not known, and why they are missing neither.
        differences.extend((0..unmade).map(|_| None));
        let finding = twins::test(&differences).map_err(Error::usage)?;
        findings.push((account, finding));
    }
    let lengths: Vec<f64> = opened
        .pairs
        .iter()
        .zip(&opened.sent)
        .map(|(pair, &side)| signed(side, [pair.bytes_a as f64, pair.bytes_b as f64]))
        .collect();
    let log10_p_lengths = twins::two_sided(&lengths).map_err(Error::usage)?;
    let may_name = alike(log10_p_lengths);
    let findings = judged(findings, asked.alpha, may_name);
    let pooled = findings.first().map_or(0, |all| all.finding.pairs);
    let outcome = match findings.iter().any(|found| found.named) {
        true => Conclusion::Found,
        false if !may_name || pooled < LEAST => Conclusion::Inconclusive,
        false => Conclusion::NotFound,
    };
    let missing = findings.first().map_or(0, |all| all.finding.missing);
    Ok(Tested {
        schema: formats::TwinsTest,
        version: VERSION.to_owned(),
        name: opened.committed.name.clone(),
        committed_sha256: opened.committed_sha256.clone(),
        table: opened.table.clone(),
        feature: scores.feature,
        alpha: asked.alpha,
        log10_p_lengths,
        findings,
        conditions: conditions(opened, missing, log10_p_lengths),
        outcome,
    })
}

/// The feature of the sent twin less that of the other.
fn signed(sent: Side, [a, b]: [f64; 2]) -> f64 {
    match sent {
        Side::A => a - b,
        Side::B => b - a,
    }
}

/// Accounts with the places of their pairs; all together first.
fn asked_about(opened: &Opened<'_>, asked: &Asked) -> Result<Vec<(Option<String>, Vec<usize>)>> {
    let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, pair) in opened.pairs.iter().enumerate() {
        if let Some(account) = &pair.account {
            of.entry(account).or_default().push(place);
        }
    }
    let names: Vec<&str> = match asked.every_account {
        true => of.keys().copied().collect(),
        false => asked.accounts.iter().map(String::as_str).collect(),
    };
    let mut all = vec![(None, (0..opened.pairs.len()).collect())];
    for name in names {
        let places = of.remove(name).ok_or_else(|| {
            Error::usage(format_args!(
                "account {name:?} has no twins in the table, or was named before"
            ))
            .hint("the field `account` of a line of table.jsonl says whose it is")
        })?;
        all.push((Some(name.to_owned()), places));
    }
    Ok(all)
}

fn judged(
    found: Vec<(Option<String>, TwinsFinding)>,
    alpha: f64,
    may_name: bool,
) -> Vec<AccountFinding> {
    let tried: Vec<Log10P> = found
        .iter()
        .flat_map(|(_, finding)| finding.deciding())
        .collect();
    let adjusted = holm(&tried);
    let e_values: Vec<_> = found
        .iter()
        .skip(1)
        .map(|(_, finding)| finding.screening())
        .collect();
    let mut screened = vec![false];
    screened.extend(e_bh(&e_values, SCREENING_FDR));
    let level = alpha.log10();
    let each = found
        .into_iter()
        .zip(tried.chunks(3).zip(adjusted.chunks(3)).zip(screened));
    each.map(|((account, finding), ((tried, adjusted), screened))| {
        let of = |((&test, &log10_p), &log10_p_adjusted)| TestedTwins {
            test,
            log10_p,
            log10_p_adjusted,
        };
        AccountFinding {
            account,
            tests: NAMES.iter().zip(tried).zip(adjusted).map(of).collect(),
            named: may_name
                && finding.pairs >= LEAST
                && adjusted.iter().any(|p| p.value() <= level),
            screened: may_name && screened,
            finding,
        }
    })
    .collect()
}
