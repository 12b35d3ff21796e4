//! `twins` in words.

use hallmark_evidence::twins::{
    AccountFinding, CheckedBy, Committed, Conclusion, Drawn, Feature, TestName, Tested,
};
use std::fmt::Write as _;
use std::path::Path;

/// Lines of accounts that are printed; the JSON has all.
const MOST: usize = 40;

pub(crate) fn twins_drawn_text(drawn: &Drawn) -> String {
    let mut text = String::new();
    for request in &drawn.drawn {
        let _ = writeln!(text, "{}\t{}", request.id, request.send);
    }
    text
}

pub(crate) fn twins_committed_text(committed: &Committed, out: &Path, is_logged: bool) -> String {
    let mut text = format!(
        "draw {}: seed committed to as {}\n",
        committed.name, committed.seed_commitment
    );
    match &committed.table {
        None => {
            let _ = writeln!(
                text,
                "{} of all requests have twins, which `twins draw` names; keep {}/twins.opening to yourself until the suspect's scores are there",
                committed.share,
                out.display()
            );
        }
        Some(table) => {
            let _ = writeln!(
                text,
                "{} pairs of {} accounts; {} later requests of conversations were left out",
                table.pairs, table.accounts, table.later_in_conversation
            );
            if let (Some(requests), Some(without)) = (table.requests, table.without_twins) {
                let _ = writeln!(
                    text,
                    "of {requests} requests, {without} should have twins and have none: they will count against the finding"
                );
            }
        }
    }
    let _ = writeln!(
        text,
        "Publish {}/twins.json{}",
        out.display(),
        if is_logged {
            ""
        } else {
            ". Nothing but your word says when it was made: log it with --tlog"
        }
    );
    text
}

pub(crate) fn twins_tested_text(tested: &Tested) -> String {
    let mut text = String::new();
    text.push_str(match tested.outcome {
        Conclusion::Found => {
            "FOUND: the suspect depends on which answers were sent, beyond the twins that were not.\n"
        }
        Conclusion::NotFound => {
            "NOT FOUND: it is not shown that the suspect depends on which answers were sent.\n"
        }
        Conclusion::Inconclusive => {
            let mut conditions = tested.conditions.iter();
            match conditions.any(|own| matches!(own.checked_by, CheckedBy::Fails)) {
                true => "INCONCLUSIVE: a condition is seen not to hold (below).\n",
                false => "INCONCLUSIVE: too few pairs tell anything.\n",
            }
        }
    });
    let _ = writeln!(
        text,
        "{} pairs of draw {}, compared by {}",
        tested.table.pairs,
        tested.name,
        match tested.feature {
            Feature::Given => "the scores that were given",
            Feature::GivenLessReference => "the scores that were given, less the reference's",
            Feature::Similarity => "how similar the suspect's answers are to each",
        }
    );
    let all = tested.findings.first().map(|own| &own.finding);
    if let Some(share) = all.and_then(|own| own.share.as_ref())
        && share.high < 0.5
    {
        text.push_str("The twins that were NOT sent are ahead in more pairs than chance explains. Larger scores must mean that an answer is likelier to the suspect: were these losses, give their negatives.\n");
    }
    for found in tested.findings.iter().take(MOST) {
        finding(&mut text, found);
    }
    if tested.findings.len() > MOST {
        let _ = writeln!(
            text,
            "and {} more accounts: see the JSON",
            tested.findings.len() - MOST
        );
    }
    text.push_str("What this rests on:\n");
    for condition in &tested.conditions {
        let by = match condition.checked_by {
            CheckedBy::Program => "checked",
            CheckedBy::Fails => "DOES NOT HOLD",
            CheckedBy::Person => "for a person to show",
        };
        let _ = writeln!(text, "  {by}: {}", condition.words);
    }
    text
}

fn finding(text: &mut String, found: &AccountFinding) {
    let who = match &found.account {
        Some(account) => format!("account {account}"),
        None => "all accounts".to_owned(),
    };
    let own = &found.finding;
    let _ = write!(
        text,
        "{who}: the sent twin is ahead in {} of {} pairs",
        own.sent_larger, own.pairs
    );
    if let Some(share) = own.share {
        let _ = write!(
            text,
            " (95%: {:.3} to {:.3}; 0.5 without dependence)",
            share.low, share.high
        );
    }
    let _ = writeln!(
        text,
        "; {} ties, {} without a score{}{}",
        own.ties,
        own.missing,
        if found.named { "; NAMED" } else { "" },
        if found.screened {
            "; on the list to look into"
        } else {
            ""
        }
    );
    for test in &found.tests {
        let name = match test.test {
            TestName::Sign if own.missing > 0 => "sign test, those without a score against it",
            TestName::Sign => "sign test",
            TestName::Weighted if own.missing > 0 => {
                "weighted by difference: does not decide, scores are missing"
            }
            TestName::Weighted => "weighted by difference",
            TestName::Bets if own.missing > 0 => "bets: do not decide, scores are missing",
            TestName::Bets => "bets in their order",
        };
        let _ = writeln!(
            text,
            "  {name}: p = {}, adjusted {}",
            test.log10_p, test.log10_p_adjusted
        );
    }
    let _ = writeln!(text, "  e-value at the end {}", own.log10_e);
}
