//! `campaign cohorts`: keys for campaigns, and who gets which.

use super::given::{result, root};
use super::in_use::InUse;
use crate::args::CampaignCohortsArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::render::keyed_text;
use crate::results::campaign::{CampaignCohorts, KeyedCohort};
use crate::verbs::keygen::created;
use hallmark::files::keys::{self, write_private};
use hallmark::files::{NewFolder, write_new};
use hallmark::json::{formats, to_json};
use hallmark::{Error, Exit};
use hallmark_campaign::pseudonym::Pseudonym;
use hallmark_campaign::results::{Campaign, ListName, Scanned};
use hallmark_core::keys::{CohortKey, KeyFile, KeyProvider, RootKey};
use hallmark_evidence::cohorts::{Cohort, Draw, SEED_BYTES};
use hallmark_verify::digest::hexadecimal;
use hallmark_verify::formats::KeyRole;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The label of matched accounts.
const MATCHED: &str = "matched";

pub(super) fn run(args: &CampaignCohortsArgs, output: &Output) -> Outcome {
    let scanned = result(&args.result)?;
    let root = root(&args.key)?;
    if scanned.root_id != root.public_id().to_string() {
        return Err(Error::usage(format_args!(
            "the result's pseudonyms are under root key {}, and the key given is {}",
            scanned.root_id,
            root.public_id()
        ))
        .at(args.key.display())
        .hint("give the root key that the scan was made with: the serving side could look nobody up under another"));
    }
    if scanned.campaigns.is_empty() {
        return Err(Error::outside(
            "the scan found no campaign, so there is nobody to give a key",
        ));
    }
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    getrandom::fill(&mut *seed)
        .map_err(|error| Error::usage(format_args!("no randomness: {error}")))?;
    let drawn = Drawn::new(&scanned, args.halves, &seed)?;
    let in_use = InUse::read(&args.in_use)?;
    let mut cohorts = vec![];
    let mut made: Vec<(String, CohortKey)> = vec![];
    for (label, campaign, role) in &drawn.cohorts {
        let key = root.cohort_key(&args.epoch, label).map_err(|error| {
            Error::usage(error).hint("an epoch is named by 1 to 128 bytes of printable text")
        })?;
        let key_id = key.public_id().to_string();
        if let Some(path) = in_use.place(&key_id) {
            return Err(Error::usage(format_args!(
                "the key {key_id} of {label:?} in epoch {:?} is in use already",
                args.epoch
            ))
            .at(path.display())
            .hint("who gets a key must not depend on what it marked before: name a new epoch"));
        }
        cohorts.push(KeyedCohort {
            label: label.clone(),
            campaign: campaign.clone(),
            role: *role,
            key_id,
            accounts: drawn
                .accounts
                .values()
                .filter(|(_, own)| own == label)
                .count() as u64,
        });
        made.push((label.clone(), key));
    }
    let map = drawn.map(&seed);
    let draw = Draw::new(seed, &drawn.any).ok_or_else(|| Error::usage("no cohort has a weight"))?;
    let table = CampaignCohorts {
        schema: formats::CampaignCohorts,
        made: jiff::Timestamp::now().to_string(),
        method: Draw::METHOD.to_owned(),
        root_id: root.public_id().to_string(),
        epoch: args.epoch.clone(),
        domain: scanned.domain.clone(),
        seed_commitment: draw.seed_commitment(),
        map_mac: draw.map_mac(map.as_bytes()),
        cohorts,
    };
    let folder = NewFolder::create(&args.out)?;
    write_keys(&folder.path().join("keys"), &root, &args.epoch, made)?;
    let published = to_json(&table, true)? + "\n";
    write_new(&folder.path().join("cohorts.json"), published.as_bytes())?;
    write_private(&folder.path().join("map.txt"), map.as_bytes())?;
    write_private(&folder.path().join("ring.tsv"), drawn.ring().as_bytes())?;
    folder.finish()?;
    output.result(|| keyed_text(&table), &table, &table.cohorts)?;
    Ok(Exit::Done)
}

fn write_keys(
    folder: &Path,
    root: &RootKey,
    epoch: &str,
    made: Vec<(String, CohortKey)>,
) -> Outcome<()> {
    std::fs::create_dir(folder).map_err(|error| Error::io("make the folder", folder, &error))?;
    for (label, key) in made {
        let comments = [
            "Hallmark cohort key. Whoever holds it can make and find this cohort's mark: keep it secret.".to_owned(),
            created(),
            format!("of: epoch {epoch}, cohort {label}"),
            format!("derived from root: {}", root.public_id()),
        ];
        keys::write(
            &folder.join(format!("{label}.key")),
            &KeyFile::Cohort(key),
            &comments,
        )?;
    }
    Ok(())
}

/// Who gets which label.
struct Drawn {
    /// Labels with their campaign and their role.
    cohorts: Vec<(String, Option<String>, KeyRole)>,
    /// Accounts with their campaign and their label.
    accounts: BTreeMap<Pseudonym, (String, String)>,
    /// Some cohort with a weight, under which the seed is committed to.
    any: Vec<Cohort>,
}

impl Drawn {
    fn new(scanned: &Scanned, halves: bool, seed: &[u8; SEED_BYTES]) -> Outcome<Self> {
        let mut drawn = Self {
            cohorts: vec![],
            accounts: BTreeMap::new(),
            any: vec![],
        };
        for campaign in &scanned.campaigns {
            let cohorts = cohorts_of(campaign, halves);
            let draw = Draw::new(Zeroizing::new(*seed), &cohorts)
                .ok_or_else(|| Error::usage("no cohort has a weight"))?;
            for member in campaign
                .members
                .iter()
                .filter(|own| own.list != ListName::Cleared)
            {
                let label = cohorts[draw.cohort(&member.account.to_string())]
                    .name
                    .clone();
                drawn
                    .accounts
                    .insert(member.account, (campaign.campaign.clone(), label));
            }
            for cohort in &cohorts {
                drawn.cohorts.push((
                    cohort.name.clone(),
                    Some(campaign.campaign.clone()),
                    cohort.role,
                ));
            }
            drawn.any = cohorts;
        }
        let matched = scanned
            .campaigns
            .iter()
            .flat_map(|own| own.matched.iter().map(move |account| (own, account)));
        for (campaign, account) in matched {
            let place = (campaign.campaign.clone(), MATCHED.to_owned());
            if drawn.accounts.insert(*account, place).is_some() {
                return Err(Error::usage(format_args!(
                    "{account} is in a campaign and matched to one"
                ))
                .hint("the result was changed: scan again"));
            }
        }
        if drawn.accounts.values().any(|(_, label)| label == MATCHED) {
            drawn
                .cohorts
                .push((MATCHED.to_owned(), None, KeyRole::InnocentControl));
        }
        Ok(drawn)
    }

    /// What opens the table: the seed, and every account.
    fn map(&self, seed: &[u8; SEED_BYTES]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(format!(
            "hallmark-campaign-map-1\nseed {}\n",
            hexadecimal(seed)
        ));
        for (account, (campaign, label)) in &self.accounts {
            let _ = writeln!(text, "account {account}\t{campaign}\t{label}");
        }
        text
    }

    /// What the serving side reads.
    fn ring(&self) -> String {
        let mut text = String::new();
        for (account, (_, label)) in &self.accounts {
            let _ = writeln!(text, "{account}\t{label}");
        }
        text
    }
}

/// One cohort for a campaign, or two of equal weight.
fn cohorts_of(campaign: &Campaign, halves: bool) -> Vec<Cohort> {
    let name = &campaign.campaign;
    let names = match halves {
        true => vec![format!("{name}-a"), format!("{name}-b")],
        false => vec![name.clone()],
    };
    let cohort = |name| Cohort {
        name,
        role: KeyRole::Cohort,
        weight: 1,
    };
    names.into_iter().map(cohort).collect()
}
