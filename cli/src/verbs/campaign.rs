//! `campaign`: groups of accounts that act as one.

mod cohorts;
mod follow;
mod given;
mod in_use;
mod worlds;

use crate::args::{
    CampaignAction, CampaignArgs, CampaignExplainArgs, CampaignPseudonymsArgs, CampaignScanArgs,
    PseudonymArgs,
};
use crate::failure::Outcome;
use crate::output::{Output, print};
use crate::render::{campaign_text, cleared_group_text, explain_text};
use given::{result, root};
use hallmark::files::NewFile;
use hallmark::json::{VERSION, formats, to_json};
use hallmark::{Error, Exit};
use hallmark_campaign::exchange::{SCREEN, Test, Within};
use hallmark_campaign::propose::Rules;
use hallmark_campaign::pseudonym::{Pseudonym, Pseudonyms};
use hallmark_campaign::read::{Door, FileRead, Layout, Reading};
use hallmark_campaign::results::{Campaign, ClearedGroup, Scanned, TrafficRead};
use hallmark_campaign::scan::{Scanning, proposing, scan};
use hallmark_campaign::traffic::Traffic;
use hallmark_core::keys::RootKey;
use hallmark_report::{Subject, html};
use std::path::Path;

pub(crate) fn run(args: &CampaignArgs, output: &Output) -> Outcome {
    match &args.action {
        CampaignAction::Scan(args) => scanned(args, output),
        CampaignAction::Explain(args) => explained(args, output),
        CampaignAction::Cohorts(args) => cohorts::run(args, output),
        CampaignAction::Pseudonyms(args) => pseudonyms(args),
        CampaignAction::Worlds(args) => worlds::run(args, output),
    }
}

fn scanned(args: &CampaignScanArgs, output: &Output) -> Outcome {
    let root = root(&args.pseudonyms.key)?;
    let pseudonyms = keyed(&root, &args.pseudonyms)?;
    let reading = Reading {
        layout: Layout::new(&args.layout, &args.fields)?,
        skip_bad: args.skip_bad,
    };
    let clusters = args.clusters.as_deref().map(NewFile::create).transpose()?;
    let (traffic, files, before) = match &args.follow {
        Some(state) => follow::taken(state, args, &root, &pseudonyms, &reading)?,
        None => {
            let (traffic, files) = read(args, &pseudonyms, &reading)?;
            (traffic, files, 0)
        }
    };
    if traffic.requests == 0 {
        return Err(Error::outside("no request was read")
            .hint("give tables of requests; --attributes takes those that have none"));
    }
    if traffic.weeks < 2 || traffic.proposing >= traffic.weeks {
        let needed = 2.max(traffic.proposing + 1);
        return Err(Error::outside(format_args!(
            "weeks of requests: {}; a scan needs {needed}, one of which tests what others propose",
            traffic.weeks
        ))
        .hint(match args.follow {
            None => "give more logs; a week that has fewer than four days does not count",
            Some(_) => "these files are in the state: take later days as they come; a week that is not over does not count",
        }));
    }
    traffic.check().map_err(|error| match ends(&files) {
        Some(ends) => error.at(ends),
        None => error,
    })?;
    let only_whole = args.whole_windows || args.follow.is_some();
    let testing = traffic.weeks - traffic.proposing;
    if only_whole && testing < args.window_weeks {
        return Err(Error::outside(format_args!(
            "weeks that test: {testing}, and a window takes {}: none is over, so nothing was tested yet",
            args.window_weeks
        ))
        .hint(match args.follow {
            None => "give more logs, or leave --whole-windows away",
            Some(_) => "these files are in the state: take later days as they come",
        }));
    }
    let found = scan(
        &traffic,
        &Scanning {
            rules: Rules {
                cap: args.cap,
                ..Rules::default()
            },
            test: Test {
                weeks: args.window_weeks,
                surrogates: args.surrogates,
                screen: SCREEN,
                least: Rules::default().least,
                only_whole,
                within: Within::default(),
                seed: pseudonyms.seed(args.seed),
            },
            seed: args.seed,
        },
    );
    let scanned = Scanned {
        schema: formats::CampaignScan,
        version: VERSION.to_owned(),
        root_id: root.public_id().to_string(),
        domain: args.pseudonyms.domain.clone(),
        files,
        traffic: TrafficRead {
            files_taken_before: before,
            ..found.traffic
        },
        how: found.how,
        proposed: found.proposed,
        unusual_hours: found.unusual_hours,
        campaigns: found.campaigns,
        groups_of_no_account: found.groups_of_no_account,
        cleared_groups: found.cleared_groups,
        cleared_accounts: found.cleared_accounts,
        cleared: found.cleared,
        visible: found.visible,
    };
    if let Some(mut file) = clusters {
        for campaign in &scanned.campaigns {
            file.write((to_json(campaign, false)? + "\n").as_bytes())?;
        }
        file.finish()?;
    }
    output.result(|| campaign_text(&scanned), &scanned, &scanned.campaigns)?;
    Ok(Exit::Done)
}

fn read(
    args: &CampaignScanArgs,
    pseudonyms: &Pseudonyms,
    reading: &Reading,
) -> Outcome<(Traffic, Vec<FileRead>)> {
    let mut door = Door::new(pseudonyms, reading);
    if args.whole_windows {
        door = door.of_whole_weeks();
    }
    for path in &args.attributes {
        door.attributes(path)?;
    }
    for path in &args.requests {
        door.requests(path)?;
    }
    door.check()?;
    Ok(door.finish(|weeks| args.propose_weeks.unwrap_or_else(|| proposing(weeks))))
}

/// Where the first request of all files stands, and where the last.
fn ends(files: &[FileRead]) -> Option<String> {
    let first = files
        .iter()
        .filter_map(|own| Some((own.first.as_ref()?, own)));
    let last = files
        .iter()
        .filter_map(|own| Some((own.last.as_ref()?, own)));
    let (first, of_first) = first.min_by_key(|(own, _)| &own.day)?;
    let (last, of_last) = last.max_by_key(|(own, _)| &own.day)?;
    Some(format!(
        "{}:{} ({}) to {}:{} ({})",
        of_first.file, first.line, first.day, of_last.file, last.line, last.day
    ))
}

fn explained(args: &CampaignExplainArgs, output: &Output) -> Outcome {
    let scanned = result(&args.result)?;
    let found = asked_for(&scanned, &args.campaign)?;
    if let Some(path) = &args.html {
        let Of::Campaign(campaign) = found else {
            return Err(Error::usage("a page is of a campaign, and this is cleared")
                .hint("leave --html away"));
        };
        let mut file = NewFile::create(path)?;
        file.write(html(&Subject::Campaign(&scanned, campaign), None).as_bytes())?;
        file.finish()?;
        if path == Path::new("-") {
            return Ok(Exit::Done);
        }
    }
    match found {
        Of::Campaign(campaign) => output.result(
            || explain_text(&scanned, campaign),
            campaign,
            &campaign.members,
        )?,
        Of::Cleared(group) => output.result(
            || cleared_group_text(&scanned, group),
            group,
            &group.members,
        )?,
    }
    Ok(Exit::Done)
}

fn pseudonyms(args: &CampaignPseudonymsArgs) -> Outcome {
    let root = root(&args.pseudonyms.key)?;
    let pseudonyms = keyed(&root, &args.pseudonyms)?;
    let mut text = String::new();
    let what = if args.units { "unit" } else { "account" };
    for (line, number) in given::text(&args.accounts)?.lines().zip(1..) {
        if line.is_empty() {
            return Err(Error::usage("the line names nobody")
                .at(format_args!("{}:{number}", args.accounts.display())));
        }
        text += &format!("{}\n", pseudonyms.of(what, line.as_bytes()));
    }
    print(&text)?;
    Ok(Exit::Done)
}

fn keyed(root: &RootKey, args: &PseudonymArgs) -> Outcome<Pseudonyms> {
    let key = root.attributes(&args.domain).map_err(Error::usage)?;
    Ok(Pseudonyms::new(&key))
}

/// What `explain` is asked about.
enum Of<'a> {
    Campaign(&'a Campaign),
    Cleared(&'a ClearedGroup),
}

/// A campaign or a cleared group, by its name or by an account of it.
fn asked_for<'a>(scanned: &'a Scanned, name: &str) -> Outcome<Of<'a>> {
    let is_account = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_it = |account: &Pseudonym| is_account && account.to_string().eq_ignore_ascii_case(name);
    let mut campaigns = scanned.campaigns.iter();
    let found = campaigns.find(|own| {
        own.campaign == name || own.members.iter().any(|member| is_it(&member.account))
    });
    if let Some(campaign) = found {
        return Ok(Of::Campaign(campaign));
    }
    let mut cleared = scanned.cleared.iter();
    let found = cleared.find(|own| own.group == name || own.members.iter().any(is_it));
    if let Some(group) = found {
        return Ok(Of::Cleared(group));
    }
    if is_account {
        return Err(Error::outside("the account is in no group: it shares with nobody what few have, so nothing was tested of it")
            .hint("`campaign pseudonyms` says which pseudonym an account has; an account of a declared organisation has the organisation's (--units)"));
    }
    let names = scanned.campaigns.iter().map(|own| own.campaign.as_str());
    let names = names.chain(scanned.cleared.iter().map(|own| own.group.as_str()));
    let known: Vec<&str> = names.take(8).collect();
    Err(
        Error::usage(format_args!("no campaign or group is called {name:?}")).hint(
            match known.is_empty() {
                true => "the scan proposed none".to_owned(),
                false => format!(
                    "there are {}, …; an account's pseudonym will do",
                    known.join(", ")
                ),
            },
        ),
    )
}
