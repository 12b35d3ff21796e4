//! Why accounts were put together, and what would clear one of them.

use crate::page::{Block, Column, Page, Picture, Section, Table, Text};
use crate::picture::{Joint, joint, windows};
use crate::words::{count, decimals, log10_p, significant};
use hallmark_campaign::character::{Character, Feature};
use hallmark_campaign::results::{Campaign, Group, ListName, Member, Scanned, Shared};
use hallmark_campaign::visible::Visible;

/// Groups that are drawn; tables have all.
const DRAWN: usize = 8;

pub(crate) fn campaign(scanned: &Scanned, campaign: &Campaign) -> Page {
    let sections = vec![
        Section::new("question", "What was asked").with(Block::paragraph(
            "Do these accounts send requests in the same minutes more often than each account's own habits explain? Accounts were put together by what they share in the first weeks; the minutes of later weeks, which took no part in that, were tested.",
        )),
        Section::new("finding", "What was found, and what it does not show")
            .with(Block::says(says(scanned, campaign)))
            .with(Block::heading("What it does not show"))
            .with(does_not_show(scanned)),
        Section::new("clear", "What would clear an account")
            .with(Block::paragraph("One of these is enough. Whoever knows it should say so before anything is decided."))
            .with(what_clears())
            .and(cleared_already(campaign)),
        Section::new("minutes", "Minutes in common, beside surrogates").and(minutes(campaign)),
        Section::new("weeks", "Evidence week by week").and(weeks(scanned, campaign)),
        Section::new("shared", "What the accounts share").with(shared(campaign)),
        Section::new("character", "Beside accounts that were as active").with(character(&campaign.character)),
        Section::new("accounts", "The accounts").with(accounts(campaign)),
        Section::new("repeat", "How to repeat it").and(repeat(scanned)),
    ];
    Page {
        kind: "Coordinated accounts",
        title: Text::words("Why were the accounts of ")
            .and_name(&campaign.campaign)
            .and(" put together?"),
        below: Text::words("Hallmark ")
            .and_name(&scanned.version)
            .and(". Pseudonyms of domain ")
            .and_name(&scanned.domain)
            .and(" under root ")
            .and_code(&scanned.root_id),
        sections,
    }
}

fn says(scanned: &Scanned, campaign: &Campaign) -> String {
    let list = match campaign.list {
        ListName::Named => "the named list",
        ListName::Cohort => "the cohort list",
        ListName::Cleared => "no list",
    };
    format!(
        "Coordinated: {} accounts in {} group{} agree in their minutes beyond what their own habits explain; the groups are on {list}. {} of the accounts are on the named list. {} accounts of the same groups are on no list. Of all accounts on the cohort list at most {} in a hundred are expected to be wrong, on the named list {} in a thousand.",
        count(campaign.cohort_accounts),
        campaign.groups.len(),
        if campaign.groups.len() == 1 { "" } else { "s" },
        count(campaign.named_accounts),
        count(campaign.cleared_accounts),
        significant(100.0 * scanned.how.cohort_fdr),
        significant(1000.0 * scanned.how.named_fdr)
    )
}

fn does_not_show(scanned: &Scanned) -> Block {
    let mut lines = vec![
        Text::words(
            "What the answers were for. Coordinated is not theft: a firm with fifty keys on one scheduler is coordinated too.",
        ),
        Text::words(
            "Who is behind the accounts. Values are pseudonyms here, and what accounts share may be a proxy, a card of a reseller, or a campus.",
        ),
        Text::words(
            "That each single account takes part: rates are of lists, and some accounts on a list may be wrong.",
        ),
        Text::words(
            "That other accounts do not: relays that keep each session on one account, and queues, are not seen by this test.",
        ),
    ];
    if scanned.traffic.units == 0 {
        lines.push(Text::words("Whether some of these accounts belong to one organisation: none was declared in the logs that were read."));
    }
    Block::List(lines)
}

fn what_clears() -> Block {
    let lines = [
        "It and the others belong to one organisation. Declare it as a unit and scan again: its accounts are then one.",
        "One clock or scheduler that is not theirs sends their requests: a tool, an integration, a class.",
        "The stamps of the log are not those of requests: batches, retries, or a gateway that wrote many at once.",
        "The account is a copy of another, by migration or by a key that was replaced.",
        "Its own evidence, in the table below, is near 1 (10⁰): then only its company speaks against it.",
    ];
    Block::List(lines.map(Text::words).to_vec())
}

fn cleared_already(campaign: &Campaign) -> Vec<Block> {
    match campaign.cleared_accounts {
        0 => vec![],
        accounts => vec![Block::paragraph(format!(
            "{} accounts of these groups are cleared already: they share what the others share, and their own minutes do not agree with the others'.",
            count(accounts)
        ))],
    }
}

fn name(place: usize) -> String {
    format!("group {}", place + 1)
}

fn minutes(campaign: &Campaign) -> Vec<Block> {
    let drawn: Vec<Joint> = campaign
        .groups
        .iter()
        .enumerate()
        .take(DRAWN)
        .map(|(place, group)| Joint {
            name: name(place),
            seen: group.pairs,
            expected: group.expected_pairs,
            spread: group.spread_pairs,
        })
        .collect();
    let picture = Picture {
        svg: joint("joint", &drawn),
        caption: Text::words(
            "Pairs of accounts in one minute. Expected is the mean of surrogates, in which each account keeps how much it does in every hour and its habits within the hour, and exchanges hours of its own; the line through it is two standard deviations of theirs on both sides.",
        ),
    };
    let columns = vec![
        Column::words("group"),
        Column::number("accounts"),
        Column::number("pairs seen"),
        Column::number("pairs expected"),
        Column::number("standard deviation"),
        Column::number("active minutes"),
        Column::number("of these in hours that could be exchanged"),
        Column::number("hours left out, as everybody did something"),
        Column::words("what it would have shown"),
    ];
    let row = |(place, group): (usize, &Group)| {
        vec![
            Text::words(name(place)),
            Text::words(count(u64::from(group.accounts))),
            Text::words(count(group.pairs)),
            Text::words(decimals(group.expected_pairs, 1)),
            Text::words(decimals(group.spread_pairs, 1)),
            Text::words(count(group.minutes)),
            Text::words(count(group.movable_minutes)),
            Text::words(count(group.unusual_hours)),
            Text::words(visible(&group.visible)),
        ]
    };
    vec![
        picture.into(),
        Table::of(
            "Minutes of each group in the weeks that test.",
            columns,
            campaign.groups.iter().enumerate(),
            row,
        )
        .into(),
    ]
}

fn visible(visible: &Visible) -> String {
    match visible.smallest_share {
        Some(share) => format!("{}% of joint requests", significant(100.0 * share)),
        None => "not even 80% of joint requests".to_owned(),
    }
}

fn weeks(scanned: &Scanned, campaign: &Campaign) -> Vec<Block> {
    let drawn: Vec<(String, &[f64])> = campaign
        .groups
        .iter()
        .enumerate()
        .take(DRAWN)
        .map(|(place, group)| (name(place), &group.log10_e_by_window[..]))
        .collect();
    let picture = Picture {
        svg: windows("windows", &drawn),
        caption: Text::words(format!(
            "log10 E after each window of {} weeks, all windows up to there together. E is what a stake of 1 became by betting that these accounts are coordinated, in a game that gains nothing on average if their own habits explain everything.",
            scanned.how.window_weeks
        )),
    };
    let columns = vec![
        Column::words("group"),
        Column::number("log10 E"),
        Column::number("within five minutes"),
        Column::words("after each window, all up to there together"),
    ];
    let row = |(place, group): (usize, &Group)| {
        let each: Vec<String> = group
            .log10_e_by_window
            .iter()
            .map(|e| decimals(*e, 1))
            .collect();
        vec![
            Text::words(name(place)),
            Text::words(decimals(group.log10_e_of_hours, 1)),
            Text::words(decimals(group.log10_e_of_five_minutes, 1)),
            Text::words(each.join(", ")),
        ]
    };
    vec![
        picture.into(),
        Table::of(
            format!(
                "Evidence of each group, from the week of {} on; the first {} of {} weeks proposed groups and test nobody. The lesser of both numbers counts.",
                scanned.traffic.from, scanned.traffic.weeks_that_propose, scanned.traffic.weeks
            ),
            columns,
            campaign.groups.iter().enumerate(),
            row,
        )
        .into(),
    ]
}

fn shared(campaign: &Campaign) -> Block {
    let columns = vec![
        Column::words("kind"),
        Column::words("value, as a pseudonym"),
        Column::number("accounts on a list that have it"),
        Column::number("of all accounts"),
    ];
    let row = |own: &Shared| {
        vec![
            Text::given(&own.kind),
            Text::code(own.value.to_string()),
            Text::words(count(own.accounts)),
            Text::words(count(own.of_all)),
        ]
    };
    Table::of(
        "The value of each kind that most of them share, in the weeks that propose. It proposed the groups and is no evidence.",
        columns,
        &campaign.shared,
        row,
    )
    .into()
}

fn character(character: &Character) -> Block {
    let columns = vec![
        Column::words("feature"),
        Column::number("mean, listed"),
        Column::number("mean, matched"),
        Column::number("pairs with more"),
        Column::number("with less"),
        Column::number("log10 p"),
    ];
    let row = |own: &Feature| {
        vec![
            Text::given(&own.feature),
            Text::words(decimals(own.listed, 2)),
            Text::words(decimals(own.matched, 2)),
            Text::words(count(own.more)),
            Text::words(count(own.fewer)),
            Text::words(log10_p(own.log10_p)),
        ]
    };
    Table::of(
        format!(
            "Listed accounts and the accounts matched to them, {} pairs, in the weeks that propose (in all weeks, how soon something new was taken up): sign tests, p of both sides and adjusted for the {} features looked at. It describes, and is no evidence of anything.",
            count(character.pairs),
            count(character.looked_at)
        ),
        columns,
        &character.features,
        row,
    )
    .into()
}

fn accounts(campaign: &Campaign) -> Block {
    let mut members: Vec<&Member> = campaign.members.iter().collect();
    members.sort_by(|a, b| {
        b.log10_e
            .total_cmp(&a.log10_e)
            .then(a.account.cmp(&b.account))
    });
    let columns = vec![
        Column::words("account, as a pseudonym"),
        Column::words("group"),
        Column::number("log10 E of its own"),
        Column::words("list"),
    ];
    let row = |own: &Member| {
        let list = match own.list {
            ListName::Named => "named",
            ListName::Cohort => "cohort",
            ListName::Cleared => "cleared",
        };
        let unit = if own.is_unit {
            ", a declared organisation"
        } else {
            ""
        };
        vec![
            Text::code(own.account.to_string()),
            Text::words(name(own.group as usize)),
            Text::words(decimals(own.log10_e, 1)),
            Text::words(format!("{list}{unit}")),
        ]
    };
    Table::of(
        "Accounts by their own evidence: minutes in common with the rest of their group.",
        columns,
        members,
        row,
    )
    .into()
}

fn repeat(scanned: &Scanned) -> Vec<Block> {
    let how = &scanned.how;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let domain = match scanned.domain.chars().all(is_plain) {
        true => &scanned.domain,
        false => "DOMAIN",
    };
    vec![
        Block::paragraph(Text::words(format!(
            "The same logs and root key, with a cap of {}, the first {} weeks to propose, windows of {} weeks, {} surrogates of each, seed {} and hours exchanged within ",
            how.cap, scanned.traffic.weeks_that_propose, how.window_weeks, how.surrogates, how.seed
        )).and_code(&how.within).and(", give the same numbers.")),
        Block::code(&format!(
            "hallmark --format json campaign scan --key root.key --domain {} --cap {} --propose-weeks {} --window-weeks {} --surrogates {} --seed {} --attributes ATTRIBUTES REQUESTS > scan.json\nhallmark campaign explain scan.json CAMPAIGN --html page.html",
            domain, how.cap, scanned.traffic.weeks_that_propose, how.window_weeks, how.surrogates, how.seed
        )),
        Block::paragraph(Text::words("Where it was made with --follow or --whole-windows, with --layout, --field or --skip-bad, these belong to it too.")),
    ]
}
