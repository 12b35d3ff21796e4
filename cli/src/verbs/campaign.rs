//! `campaign`: groups of accounts that act as one.

mod cohorts;
mod follow;
mod given;
mod worlds;

use crate::args::{
    CampaignAction, CampaignArgs, CampaignExplainArgs, CampaignPseudonymsArgs, CampaignScanArgs,
    PseudonymArgs,
};
use crate::failure::Outcome;
use crate::output::{Output, print};
use crate::render::{campaign_text, explain_text};
use given::{result, root};
use hallmark::files::NewFile;
use hallmark::json::{VERSION, formats, to_json};
use hallmark::{Error, Exit};
use hallmark_campaign::exchange::{SCREEN, Test, Within};
use hallmark_campaign::propose::Rules;
use hallmark_campaign::pseudonym::Pseudonyms;
use hallmark_campaign::read::{Door, FileRead, Layout, Reading};
use hallmark_campaign::results::{Campaign, Scanned};
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
    let (traffic, files) = match &args.follow {
        Some(state) => follow::taken(state, args, &root, &pseudonyms, &reading)?,
        None => read(args, &pseudonyms, &reading)?,
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
    traffic.check()?;
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
        traffic: found.traffic,
        how: found.how,
        proposed: found.proposed,
        unusual_hours: found.unusual_hours,
        campaigns: found.campaigns,
        groups_of_no_account: found.groups_of_no_account,
        cleared_groups: found.cleared_groups,
        cleared_accounts: found.cleared_accounts,
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
    Ok(door.finish(|weeks| args.propose_weeks.unwrap_or_else(|| proposing(weeks))))
}

fn explained(args: &CampaignExplainArgs, output: &Output) -> Outcome {
    let scanned = result(&args.result)?;
    let campaign = named(&scanned, &args.campaign)?;
    if let Some(path) = &args.html {
        let mut file = NewFile::create(path)?;
        file.write(html(&Subject::Campaign(&scanned, campaign), None).as_bytes())?;
        file.finish()?;
        if path == Path::new("-") {
            return Ok(Exit::Done);
        }
    }
    output.result(
        || explain_text(&scanned, campaign),
        campaign,
        &campaign.members,
    )?;
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

fn named<'a>(scanned: &'a Scanned, name: &str) -> Outcome<&'a Campaign> {
    let mut campaigns = scanned.campaigns.iter();
    campaigns.find(|own| own.campaign == name).ok_or_else(|| {
        let known: Vec<&str> = scanned
            .campaigns
            .iter()
            .map(|own| own.campaign.as_str())
            .take(8)
            .collect();
        Error::usage(format_args!("no campaign is called {name:?}")).hint(match known.is_empty() {
            true => "the scan found none".to_owned(),
            false => format!("there are {}", known.join(", ")),
        })
    })
}
