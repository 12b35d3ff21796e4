//! The pictures of an examination, with their captions.

use crate::page::{Block, Picture, Text};
use crate::picture::{self, Bar, Without};
use crate::words::{Names, count, log10_p, measure, p, unit};
use crate::{Evidence, LineUp, Source};
use hallmark::examine::Examined;
use hallmark_detector::finding::{Finding, Found, Measure, Test};
use hallmark_detector::tail::Log10P;

/// Keys, lines or sources in one picture.
const MOST: usize = 24;

/// A name as pictures have it, clean.
fn called(names: &Names<'_>, key_id: &str) -> String {
    Text::given(names.name(key_id).unwrap_or(key_id)).plain()
}

fn measured(examined: &Examined) -> Option<Measure> {
    examined
        .tests
        .iter()
        .find_map(Finding::effect)
        .map(|effect| effect.measure)
}

/// T1's effect under each key.
pub(super) fn effects(examined: &Examined, names: &Names<'_>) -> Option<Block> {
    let first = examined.tests.iter().find_map(Finding::effect)?;
    let with = examined
        .tests
        .iter()
        .filter_map(|test| Some((test, test.effect()?)));
    let bars =
        with.filter(|(_, effect)| effect.measure == first.measure && effect.interval.high < 1e300);
    let bars: Vec<Bar> = bars
        .take(MOST)
        .map(|(test, effect)| Bar {
            name: called(names, &test.key_id),
            value: effect.value,
            low: effect.interval.low,
            high: effect.interval.high,
            visible: Some(effect.smallest_visible),
        })
        .collect();
    (!bars.is_empty()).then(|| {
        Picture {
            svg: picture::effects("effects", &bars, first.null, measure(first.measure)),
            caption: Text::words(format!(
                "Effect under each key: {} (dot) with its 95% interval, each key by itself. The dashed line is what no dependence gives; the diamond is the smallest value that so many cells would have shown in nine cases of ten.",
                measure(first.measure)
            )),
        }
        .into()
    })
}

/// How the e-process of each key grew.
pub(super) fn evidence(examined: &Examined, names: &Names<'_>, of: &[Evidence]) -> Option<Block> {
    let lines: Vec<(String, &Evidence)> = of
        .iter()
        .filter(|line| !line.points.is_empty())
        .take(MOST)
        .map(|line| (called(names, &line.key_id), line))
        .collect();
    let level = examined.level.clamp(1e-300, 1.0);
    (!lines.is_empty()).then(|| {
        Picture {
            svg: picture::evidence("evidence", &lines, level),
            caption: Text::words(
                "Evidence against distinct cells: log10 E of the e-process (T3) under each key. Under a key that does not matter a line reaches the dashed height with probability at most the level, however long one looks; it is not adjusted for the number of keys.",
            ),
        }
        .into()
    })
}

/// The line-up of a key, where its sums are stated.
pub(super) fn line_ups(
    examined: &Examined,
    names: &Names<'_>,
    key_id: &str,
    of: &[LineUp],
) -> Option<Block> {
    let (number, line_up) = of
        .iter()
        .enumerate()
        .find(|(_, one)| one.key_id == key_id)?;
    let unit = measured(examined).map_or("in T1's unit", unit);
    let id = format!("line-up-{number}");
    let mut caption = Text::words("Line-up of key ")
        .then(names.key(key_id))
        .and(format!(
            ": the sums of scores under {} decoys (bars) and under this key (black line).",
            count(line_up.decoys.len() as u64)
        ));
    let mut tests = examined.tests.iter();
    if let Some((Found::T5(found), log10_p)) = tests
        .find(|test| test.test() == Test::T5 && test.key_id == key_id)
        .map(|test| (&test.found, test.log10_p))
    {
        let reached = line_up
            .decoys
            .iter()
            .filter(|&&sum| sum >= line_up.own)
            .count() as u64;
        caption = caption.and(format!(
            " Rank {} of {}: p = {}. A rank says no less than 1/{}, however far the key is from its decoys.",
            count(found.rank),
            count(found.decoys.saturating_add(1)),
            p(log10_p),
            count(found.decoys.saturating_add(1))
        ));
        if (reached + 1, line_up.decoys.len() as u64) != (found.rank, found.decoys) {
            caption = caption
                .and(" These sums do not give that rank: they are not those of the finding.");
        }
    }
    Some(
        Picture {
            svg: picture::line_up(&id, &called(names, key_id), line_up, unit),
            caption,
        }
        .into(),
    )
}

/// What is left without each source, for one key.
pub(super) fn sources(
    examined: &Examined,
    names: &Names<'_>,
    number: usize,
    of: &[&Source],
) -> Block {
    let key_id = of.first().map_or("", |one| &one.key_id);
    let names_of: Vec<String> = of
        .iter()
        .map(|one| Text::given(&one.source).plain())
        .collect();
    let rows: Vec<Without<'_>> = of
        .iter()
        .zip(&names_of)
        .take(MOST)
        .map(|(one, source)| Without {
            source,
            log10_p: one.log10_p,
        })
        .collect();
    let mut tests = examined.tests.iter();
    let all = tests.find(|test| test.test() == Test::T1 && test.key_id == key_id);
    let all = all.map(|test| test.log10_p);
    let id = format!("sources-{number}");
    let with_all = all.map_or_else(String::new, |all| {
        format!(
            " The solid line is log10 p with all of them, {}.",
            log10_p(all)
        )
    });
    Picture {
        svg: picture::sources(&id, &called(names, key_id), &rows, all.map(Log10P::value), examined.level.clamp(1e-300, 1.0)),
        caption: Text::words("Key ").then(names.key(key_id)).and(format!(
            ": log10 p of the sum of scores (T1, not adjusted) with one source left out at a time.{with_all}"
        )),
    }
    .into()
}
