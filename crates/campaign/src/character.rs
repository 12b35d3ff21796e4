//! How the accounts of a campaign differ from accounts that were about as active. It describes them, and accuses nobody.
//!
//! Each listed account is compared with the one matched to it, by what is known of the weeks that propose (by all weeks where it is when something
//! new was taken up). If for a feature it is a coin's toss
//! which of the two is listed, then each pair that differs does so either way with chance ½, whatever the feature's law: the larger of
//! the two counts is a binomial's (the sign test). p is twice its tail, for there are two sides, times the features that were looked at.

use crate::traffic::{DAY, FEW, Traffic, Value, WEEK};
use hallmark_detector::tail::{HALF, Log10P, binomial_upper};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// How listed accounts differ from those matched to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Character {
    /// Listed accounts with an account matched to them.
    pub pairs: u64,
    /// Features that were looked at: each p is multiplied by their number.
    pub looked_at: u64,
    /// Those in which any pair differs, the clearest first.
    pub features: Vec<Feature>,
}

/// A feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// What it is: `hours-awake`, `minutes-an-hour`, `days`, `values of KIND`, `KIND VALUE` with a pseudonym, or `days until KIND VALUE`: how
    /// long after anybody's first use of a new value, such as a model, an account's own came (until the log's end where it did not).
    pub feature: String,
    /// Its mean over the listed accounts.
    pub listed: f64,
    /// Its mean over the accounts matched to them.
    pub matched: f64,
    /// Pairs of which the listed account has more of it.
    pub more: u64,
    /// Pairs of which it has less.
    pub fewer: u64,
    /// log10 p of the sign test, of both sides and all features.
    pub log10_p: Log10P,
}

/// Compares pairs of a listed account and the one matched to it.
pub(crate) fn character(traffic: &Traffic, pairs: &[[u32; 2]]) -> Character {
    let mut features = habits(traffic, pairs);
    features.extend(values(traffic, pairs));
    features.extend(lags(traffic, pairs));
    let looked_at = features.len() as u64;
    let mut features: Vec<Feature> = features
        .into_iter()
        .filter_map(|(name, of)| compared(name, &of, looked_at))
        .collect();
    features.sort_by(|a, b| {
        let by_p = a.log10_p.value().total_cmp(&b.log10_p.value());
        by_p.then_with(|| a.feature.cmp(&b.feature))
    });
    Character {
        pairs: pairs.len() as u64,
        looked_at,
        features,
    }
}

/// A feature's name, and what both accounts of each pair have of it.
type Named = (String, Vec<[f64; 2]>);

fn compared(feature: String, of: &[[f64; 2]], looked_at: u64) -> Option<Feature> {
    let more = of.iter().filter(|[listed, matched]| listed > matched);
    let fewer = of.iter().filter(|[listed, matched]| listed < matched);
    let (more, fewer) = (more.count() as u64, fewer.count() as u64);
    if more + fewer == 0 {
        return None;
    }
    let tail = binomial_upper(more + fewer, more.max(fewer), HALF);
    // Up, by more than the sum is rounded.
    let adjusted = |tail: Log10P| tail.value() + libm::log10(2.0 * looked_at as f64) + 1e-12;
    let log10_p = tail.map(|tail| adjusted(tail).min(0.0)).ok();
    let log10_p = log10_p.and_then(|value| Log10P::new(value).ok());
    let mean = |side: usize| of.iter().map(|both| both[side]).sum::<f64>() / of.len() as f64;
    Some(Feature {
        feature,
        listed: mean(0),
        matched: mean(1),
        more,
        fewer,
        log10_p: log10_p.unwrap_or(Log10P::ONE),
    })
}

/// What minutes say.
fn habits(traffic: &Traffic, pairs: &[[u32; 2]]) -> Vec<Named> {
    let weeks = 0..traffic.proposing;
    let days = f64::from(traffic.proposing * 7).max(1.0);
    let of = |account: u32| {
        let hours = traffic.weeks(account, weeks.clone());
        let minutes: u32 = hours.iter().map(|hour| hour.mask.count_ones()).sum();
        let active = hours.chunk_by(|a, b| a.hour / 24 == b.hour / 24).count();
        let (hours, active) = (hours.len() as f64, active as f64);
        [
            hours / active.max(1.0),
            f64::from(minutes) / hours.max(1.0),
            active / days,
        ]
    };
    let both: Vec<_> = pairs.iter().map(|pair| pair.map(of)).collect();
    let names = ["hours-awake", "minutes-an-hour", "days"];
    let features = names.iter().enumerate().map(|(at, name)| {
        let of = both.iter().map(|both| both.map(|own| own[at]));
        ((*name).to_owned(), of.collect())
    });
    features.collect()
}

/// Where each account stands: in which pair, and on which side of it.
fn places(pairs: &[[u32; 2]]) -> HashMap<u32, (usize, usize)> {
    let of = |(at, pair): (usize, &[u32; 2])| {
        let [listed, matched] = *pair;
        [(listed, (at, 0)), (matched, (at, 1))]
    };
    pairs.iter().enumerate().flat_map(of).collect()
}

/// How soon they took up what came behind the first week.
fn lags(traffic: &Traffic, pairs: &[[u32; 2]]) -> Vec<Named> {
    let places = places(pairs);
    let end = traffic.weeks * WEEK;
    let mut features = vec![];
    for uses in traffic.taken_up.chunk_by(|a, b| a.value == b.value) {
        let first = uses.iter().map(|own| own.minute).min().unwrap_or(end);
        if first < WEEK {
            continue;
        }
        let days = |minute: u32| f64::from(minute - first) / f64::from(DAY);
        let mut lags = vec![[days(end); 2]; pairs.len()];
        for own in uses {
            if let Some(&(at, side)) = places.get(&own.account) {
                lags[at][side] = days(own.minute);
            }
        }
        let Value { kind, pseudonym } = traffic.values[uses[0].value as usize];
        let kind = &traffic.kinds[usize::from(kind)];
        features.push((format!("days until {kind} {pseudonym}"), lags));
    }
    features
}

/// How many values of each kind they have, and which of a kind that has few.
fn values(traffic: &Traffic, pairs: &[[u32; 2]]) -> Vec<Named> {
    let places = places(pairs);
    let none = || vec![[0.0; 2]; pairs.len()];
    let mut in_all = vec![0_usize; traffic.kinds.len()];
    for value in &traffic.values {
        in_all[usize::from(value.kind)] += 1;
    }
    let mut counts: Vec<Vec<[f64; 2]>> = traffic.kinds.iter().map(|_| none()).collect();
    let mut features = vec![];
    for links in traffic.links.chunk_by(|a, b| a.value == b.value) {
        let Value { kind, pseudonym } = traffic.values[links[0].value as usize];
        let kind = usize::from(kind);
        let mut has = none();
        for link in links {
            if let Some(&(at, side)) = places.get(&link.account) {
                has[at][side] = 1.0;
                counts[kind][at][side] += 1.0;
            }
        }
        if in_all[kind] <= FEW {
            features.push((format!("{} {pseudonym}", traffic.kinds[kind]), has));
        }
    }
    let counts = traffic.kinds.iter().zip(counts);
    features.extend(counts.map(|(kind, of)| (format!("values of {kind}"), of)));
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pseudonym::Pseudonym;
    use crate::traffic::Builder;

    #[test]
    fn the_sign_test_is_that_of_both_sides_and_all_features() {
        let of: Vec<[f64; 2]> = (0..10).map(|_| [2.0, 1.0]).chain([[1.0, 1.0]]).collect();
        let found = compared("x".to_owned(), &of, 4).unwrap();
        assert_eq!((found.more, found.fewer), (10, 0));
        // 2 · 4 / 2¹⁰.
        let exact = libm::log10(8.0 / 1024.0);
        let log10_p = found.log10_p.value();
        assert!((log10_p - exact).abs() < 1e-9 && log10_p >= exact);
        let other: Vec<[f64; 2]> = of.iter().map(|&[a, b]| [b, a]).collect();
        let other = compared("x".to_owned(), &other, 4).unwrap();
        assert_eq!((other.more, other.log10_p), (0, found.log10_p));
        assert_eq!(compared("x".to_owned(), &[[1.0, 1.0]], 4), None);
        let even = compared("x".to_owned(), &[[1.0, 2.0], [2.0, 1.0]], 4).unwrap();
        assert_eq!(even.log10_p, Log10P::ONE);
    }

    /// Over all ways in which coins may fall, p is at most a level at most so often.
    #[test]
    fn it_is_valid_whatever_coins_say() {
        for n in 1..=12_u32 {
            let mut ps: Vec<f64> = (0..1_u32 << n)
                .map(|coins| {
                    let of: Vec<[f64; 2]> = (0..n)
                        .map(|pair| match coins >> pair & 1 {
                            1 => [1.0, 0.0],
                            _ => [0.0, 1.0],
                        })
                        .collect();
                    compared("x".to_owned(), &of, 1).unwrap().log10_p.value()
                })
                .collect();
            ps.sort_by(f64::total_cmp);
            for (at, p) in ps.iter().enumerate() {
                let as_small = ps[at..].partition_point(|other| other <= p) + at;
                assert!(as_small as f64 / ps.len() as f64 <= 10_f64.powf(*p) * (1.0 + 1e-9));
            }
        }
    }

    /// Four listed accounts use a new model on the day it comes, those matched to them a week later or never; an old model is no news.
    #[test]
    fn a_new_value_is_taken_up_sooner_or_later() {
        const BEGIN: u32 = 29_459_520;
        let mut builder = Builder::default();
        let model = builder.kind("model");
        let [old, new] = [1, 2].map(|name| builder.value(model, Pseudonym(name)));
        for name in 0..8_u32 {
            let account = builder.account(Pseudonym(u128::from(name)));
            for day in 0..28 {
                builder.request(account, BEGIN + day * DAY);
            }
            builder.link(account, old, Some(BEGIN + 60));
            let late = if name < 4 { 10 } else { 17 };
            if name != 7 {
                builder.link(account, new, Some(BEGIN + late * DAY));
            }
        }
        let traffic = builder.finish(0, |_| 2);
        let found = lags(&traffic, &[[0, 4], [1, 5], [2, 6], [3, 7]]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].0.starts_with("days until model "),
            "{}",
            found[0].0
        );
        assert_eq!(
            found[0].1,
            [[0.0, 7.0], [0.0, 7.0], [0.0, 7.0], [0.0, 18.0]]
        );
        let all = character(&traffic, &[[0, 4], [1, 5], [2, 6], [3, 7]]);
        let own = all
            .features
            .iter()
            .find(|own| own.feature == found[0].0)
            .unwrap();
        assert_eq!((own.more, own.fewer), (0, 4));
        assert_eq!(own.listed, 0.0);
    }
}
