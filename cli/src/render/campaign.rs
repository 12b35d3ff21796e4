//! `campaign` in words.

use super::p_value::p_text;
use crate::results::campaign::CampaignCohorts;
use hallmark_campaign::character::Character;
use hallmark_campaign::results::{Campaign, ClearedGroup, Group, ListName, Scanned};
use hallmark_campaign::visible::Visible;
use hallmark_study::campaigns::CampaignRuns;
use std::fmt::Write as _;

pub(crate) fn campaign_text(scanned: &Scanned) -> String {
    let mut text = String::new();
    let read = &scanned.traffic;
    let _ = writeln!(
        text,
        "{} requests of {} accounts in {} weeks from {} on: {} weeks propose groups, {} test them",
        read.requests,
        read.accounts,
        read.weeks,
        read.from,
        read.weeks_that_propose,
        read.weeks - read.weeks_that_propose
    );
    if read.units > 0 {
        let _ = writeln!(
            text,
            "{} of these are declared organisations with {} accounts",
            read.units, read.accounts_in_units
        );
    }
    if read.accounts_of_several_units > 0 {
        let _ = writeln!(
            text,
            "{} accounts name several organisations; each counts to the first of them by pseudonym",
            read.accounts_of_several_units
        );
    }
    if read.accounts_without_requests > 0 {
        let _ = writeln!(
            text,
            "{} accounts have attributes and no request",
            read.accounts_without_requests
        );
    }
    if read.files_taken_before > 0 {
        let _ = writeln!(
            text,
            "{} files were taken before, and were passed over",
            read.files_taken_before
        );
    }
    if read.values.is_empty() {
        text.push_str("no attribute was read: groups come from minutes alone (--layout, --field attr.KIND=…, --attributes)\n");
    }
    for file in scanned.files.iter().filter(|file| file.skipped > 0) {
        let _ = writeln!(
            text,
            "{}: {} records were left out, first {}",
            file.file,
            file.skipped,
            file.skipped_first.join("; ")
        );
    }
    let proposed = &scanned.proposed;
    let _ = writeln!(
        text,
        "{} groups of {} accounts share what few have; {} values that more than {} share propose nothing",
        proposed.groups, proposed.accounts, proposed.popular_values, scanned.how.cap
    );
    let _ = writeln!(
        text,
        "{} of these groups, and {} accounts, have enough hours that could be exchanged to show anything",
        proposed.groups_asked, proposed.accounts_asked
    );
    if proposed.minute_pairs > 0 {
        let _ = writeln!(
            text,
            "{} pairs that share nothing were often active in one minute in which few were",
            proposed.minute_pairs
        );
    }
    for cut in &proposed.lower_caps {
        let _ = writeln!(
            text,
            "too many pairs share a value of kind {}: only values of at most {} accounts were taken",
            cut.kind, cut.cap
        );
    }
    if scanned.unusual_hours > 0 {
        let _ = writeln!(
            text,
            "in {} hours everybody did something in one minute; they took no part",
            scanned.unusual_hours
        );
        let testing = u64::from(read.weeks - read.weeks_that_propose) * 7 * 24;
        if scanned.unusual_hours > testing / 5 {
            let _ = writeln!(
                text,
                "WARNING: these are {:.0}% of all hours that test, and what took place in them is not seen. Something large changed its minutes after the weeks that propose: scan a later stretch of the log too",
                100.0 * scanned.unusual_hours as f64 / testing.max(1) as f64
            );
        }
    }
    if read.late_attributes > 0 {
        let _ = writeln!(
            text,
            "{} attributes were first seen while the tests ran, and take no part",
            read.late_attributes
        );
    }
    if scanned.campaigns.is_empty() {
        text.push_str("\nNo group is coordinated beyond what its accounts' own habits explain.\n");
    }
    for campaign in &scanned.campaigns {
        text.push('\n');
        campaign_lines(&mut text, campaign);
    }
    cleared_lines(&mut text, scanned);
    for visible in &scanned.visible {
        let _ = writeln!(text, "{}", visible_text(visible));
    }
    let _ = writeln!(
        text,
        "\nOf all accounts on the cohort list {} in a hundred are expected to be wrong at most, on the named list {} in a thousand. Coordinated is not theft: a firm that did not say so is coordinated too.",
        100.0 * scanned.how.cohort_fdr,
        1000.0 * scanned.how.named_fdr
    );
    if let Some(one) = scanned.campaigns.first() {
        let _ = writeln!(
            text,
            "What speaks for and against each: keep the result (hallmark --format json campaign scan … > scan.json), then hallmark campaign explain scan.json {}, or a cleared group, or an account's pseudonym.",
            one.campaign
        );
    }
    text
}

/// Cleared groups that are named; results have all.
const NAMED: usize = 5;

fn cleared_lines(text: &mut String, scanned: &Scanned) {
    let _ = writeln!(
        text,
        "\nCleared: {} groups, {} accounts. They share something, and their minutes agree no more than their habits explain.",
        scanned.cleared_groups, scanned.cleared_accounts
    );
    let largest = scanned.cleared.iter().filter(|own| own.could_show);
    for own in largest.take(NAMED) {
        let _ = writeln!(text, "  {}", cleared_text(own));
    }
    let unknown = scanned.cleared.iter().filter(|own| !own.could_show);
    let (groups, accounts) = (
        unknown.clone().count(),
        scanned.proposed.accounts - scanned.proposed.accounts_asked,
    );
    if accounts > 0 {
        let _ = writeln!(
            text,
            "Not known: {groups} groups and {accounts} accounts share something and were hardly ever active in hours that have another to be exchanged for. Nothing speaks against them, and nothing clears them."
        );
    }
    if scanned.groups_of_no_account > 0 {
        let _ = writeln!(
            text,
            "{} of the cleared groups agree as a whole, as a class does whose timetable changes, and no account of them does with the others.",
            scanned.groups_of_no_account
        );
    }
}

fn cleared_text(own: &ClearedGroup) -> String {
    let shared: Vec<String> = own
        .shared
        .iter()
        .map(|shared| format!("{} share one {}", shared.accounts, shared.kind))
        .collect();
    let shared = match shared.is_empty() {
        true => "put together by minutes of the weeks that propose".to_owned(),
        false => shared.join(", "),
    };
    format!(
        "{}: {} accounts ({shared}); {} pairs in one minute, where their own habits lead to expect {:.0} (with a standard deviation of {:.0})",
        own.group,
        own.members.len(),
        own.pairs,
        own.expected_pairs,
        own.spread_pairs
    )
}

/// Why a group is on no list.
pub(crate) fn cleared_group_text(scanned: &Scanned, own: &ClearedGroup) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {}\n  {}",
        own.group,
        match own.could_show {
            true => "CLEARED",
            false => "NOT KNOWN: too few hours that could be exchanged to show anything",
        },
        cleared_text(own)
    );
    for shared in &own.shared {
        let _ = writeln!(
            text,
            "  {} of them share one {} ({} of all accounts have it), {}",
            shared.accounts, shared.kind, shared.of_all, shared.value
        );
    }
    let share = 100.0 * own.movable_minutes as f64 / own.minutes.max(1) as f64;
    let _ = writeln!(
        text,
        "  {} of {} active minutes ({share:.0}%) stand in hours that could be exchanged; {} hours were left out as unusual",
        own.movable_minutes, own.minutes, own.unusual_hours
    );
    let _ = writeln!(
        text,
        "  evidence 10^{:.1}{}{}",
        own.log10_e_of_hours,
        finer_text(own.log10_e_of_five_minutes),
        if own.is_screened_out {
            ", of a first look: next to nothing, of the group or of all but a few of its accounts"
        } else if own.agrees_as_a_whole {
            ", enough for a group: but no account of it agrees with the others"
        } else {
            ""
        }
    );
    let size = own.members.len();
    let near = scanned
        .visible
        .iter()
        .min_by_key(|seen| size.abs_diff(seen.accounts as usize));
    if let Some(near) = near {
        let _ = writeln!(text, "  {}", visible_text(near));
    }
    text
}

fn finer_text(finer: Option<f64>) -> String {
    finer.map_or_else(String::new, |e| format!(", 10^{e:.1} within five minutes"))
}

fn campaign_lines(text: &mut String, campaign: &Campaign) {
    let _ = writeln!(
        text,
        "{}: COORDINATED, {} accounts ({} on the named list); {} more in the group are cleared",
        campaign.campaign,
        campaign.cohort_accounts,
        campaign.named_accounts,
        campaign.cleared_accounts
    );
    for group in &campaign.groups {
        let _ = writeln!(text, "  {}", group_text(group));
    }
    for shared in &campaign.shared {
        let _ = writeln!(
            text,
            "  {} of them share one {} ({} of all accounts have it)",
            shared.accounts, shared.kind, shared.of_all
        );
    }
}

fn group_text(group: &Group) -> String {
    format!(
        "group of {}: evidence 10^{:.1}; {} pairs of accounts in one minute, where their own habits lead to expect {:.0} (with a standard deviation of {:.0})",
        group.accounts, group.log10_e, group.pairs, group.expected_pairs, group.spread_pairs
    )
}

fn visible_text(visible: &Visible) -> String {
    let size = format!(
        "A group of {} accounts with {} active minutes",
        visible.accounts, visible.minutes
    );
    match visible.smallest_share {
        Some(share) => format!(
            "{size} would have shown {:.0}% of joint requests.",
            100.0 * share
        ),
        None => format!(
            "{size} would not have shown even {:.0}% of joint requests.",
            80.0
        ),
    }
}

pub(crate) fn explain_text(scanned: &Scanned, campaign: &Campaign) -> String {
    let mut text = String::new();
    campaign_lines(&mut text, campaign);
    text.push_str("\nEvidence after each window of the weeks that test, all windows up to there together (1 says nothing, larger speaks for coordination):\n");
    for group in &campaign.groups {
        let weeks: Vec<String> = group
            .log10_e_by_window
            .iter()
            .map(|e| format!("10^{e:.1}"))
            .collect();
        let share = 100.0 * group.movable_minutes as f64 / group.minutes.max(1) as f64;
        let _ = writeln!(
            text,
            "  group of {}: {}; over all of them and longer ones 10^{:.1}{}\n    {} of {} active minutes ({share:.0}%) stand in hours that could be exchanged; {} hours were left out as unusual\n    {}",
            group.accounts,
            weeks.join(", "),
            group.log10_e_of_hours,
            finer_text(Some(group.log10_e_of_five_minutes)),
            group.movable_minutes,
            group.minutes,
            group.unusual_hours,
            visible_text(&group.visible)
        );
    }
    character_lines(&mut text, &campaign.character);
    text.push_str(
        "\nAccounts, by their own evidence (minutes in common with the rest of their group):\n",
    );
    let mut members: Vec<_> = campaign.members.iter().collect();
    members.sort_by(|a, b| {
        b.log10_e
            .total_cmp(&a.log10_e)
            .then(a.account.cmp(&b.account))
    });
    for member in members {
        let list = match member.list {
            ListName::Named => "named",
            ListName::Cohort => "cohort",
            ListName::Cleared => "cleared",
        };
        let unit = if member.is_unit {
            ", a declared organisation"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {} 10^{:.1} {list}{unit}",
            member.account, member.log10_e
        );
    }
    let _ = writeln!(
        text,
        "\nWhat clears an account: that it and the others belong to one organisation (declare it as `unit` and scan again), or that one clock of theirs, such as a scheduler, sends their requests. What this does not say: what the answers were for. Pseudonyms are of domain {:?} under root {}.",
        scanned.domain, scanned.root_id
    );
    text
}

/// Features that are printed; results have all.
const FEATURES: usize = 8;

fn character_lines(text: &mut String, character: &Character) {
    let _ = writeln!(
        text,
        "\nBeside accounts that were as active, in the weeks that propose (in all weeks, how soon something new was taken up; {} pairs; {} features, p adjusted for their number; a description, and no evidence):",
        character.pairs, character.looked_at
    );
    for own in character.features.iter().take(FEATURES) {
        let p = p_text(own.log10_p);
        let _ = writeln!(
            text,
            "  {}: {:.2} here, {:.2} there; more in {} pairs, less in {}; p = {p}",
            own.feature, own.listed, own.matched, own.more, own.fewer
        );
    }
}

pub(crate) fn keyed_text(table: &CampaignCohorts) -> String {
    let mut text = String::new();
    for cohort in &table.cohorts {
        let _ = writeln!(
            text,
            "{}: {} accounts, key {}",
            cohort.label, cohort.accounts, cohort.key_id
        );
    }
    let _ = writeln!(
        text,
        "seed committed to as {}\nNext: ring.tsv to the serving side, and `commit --cohorts` with cohorts.json before the first answer under these keys",
        table.seed_commitment
    );
    text
}

pub(crate) fn worlds_text(runs: &CampaignRuns) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} worlds from seed {} on, {} accounts, {} groups tested, {} surrogates in each window of {} weeks, exchanged within {}",
        runs.worlds,
        runs.seed,
        runs.accounts,
        runs.groups,
        runs.surrogates,
        runs.window_weeks,
        runs.within
    );
    let _ = writeln!(
        text,
        "innocents on the cohort list: in {} worlds (at 95% at most {:.1}% of worlds), {:.2} in a million; share of the list {:.4}",
        runs.worlds_cohort_wrong,
        100.0 * runs.worlds_cohort_wrong_at_most,
        runs.cohort_wrong_per_million,
        runs.cohort_false_discoveries
    );
    let _ = writeln!(
        text,
        "innocents on the named list: in {} worlds (at 95% at most {:.1}% of worlds), {:.2} in a million; share of the list {:.4}",
        runs.worlds_named_wrong,
        100.0 * runs.worlds_named_wrong_at_most,
        runs.named_wrong_per_million,
        runs.named_false_discoveries
    );
    for role in &runs.roles {
        let _ = writeln!(
            text,
            "  {:10} {:9} accounts, {} on the cohort list, {} on the named list",
            role.role, role.accounts, role.cohort, role.named
        );
    }
    for (harvest, [cohort, named]) in runs.plan.harvests.iter().zip(&runs.recall) {
        let _ = writeln!(
            text,
            "  {:?}, {} accounts, cover {}: {:.3} on the cohort list, {:.3} on the named list",
            harvest.pattern, harvest.accounts, harvest.cover, cohort, named
        );
    }
    text
}
