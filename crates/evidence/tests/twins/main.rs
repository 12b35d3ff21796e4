//! Ghost twins from the seed to the finding: what is drawn, what is refused, and for each condition what accuses without it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod conditions;
mod refused;
mod vectors;
mod world;

use hallmark_evidence::twins::{Asked, Conclusion, Feature, Scores, Side, test};
use world::{World, records, scores};

/// A suspect that gives what was sent to one account a little more than its twin, and nothing else.
#[test]
fn what_was_sent_to_one_account_is_found_there_and_nowhere_else() {
    let world = World::new(0.5);
    let twins = records(&world, 1200, |_| {});
    let learned = |id: &str, account: &str, side: Side| {
        let noise = world::noise(id, side);
        let sent = world.sent(id) == Some(side);
        noise
            + if sent && account == "guilty" {
                0.8
            } else {
                0.0
            }
    };
    let tested = world.tested(&twins, &scores(&twins, learned), &["guilty", "innocent"]);
    assert_eq!(tested.outcome, Conclusion::Found);
    assert_eq!(tested.feature, Feature::Given);
    let named: Vec<Option<&str>> = tested
        .findings
        .iter()
        .filter(|found| found.named)
        .map(|found| found.account.as_deref())
        .collect();
    assert!(named.contains(&Some("guilty")), "{named:?}");
    assert!(!named.contains(&Some("innocent")), "{named:?}");
    let guilty = &tested.findings[1];
    assert!(guilty.screened && guilty.finding.share.unwrap().low > 0.5);
    assert!(!tested.findings[2].screened, "innocent");
    assert_eq!(tested.table.accounts, 2);
    // Nine tests in all: Holm's first is nine times the smallest.
    let tests = || tested.findings.iter().flat_map(|found| &found.tests);
    assert_eq!(tests().count(), 9);
    let least = tests()
        .min_by_key(|test| (test.log10_p.value() * 1e9) as i64)
        .unwrap();
    assert!((least.log10_p_adjusted.value() - least.log10_p.value() - 9_f64.log10()).abs() < 1e-9);
}

/// False-alarm rate: 60 innocents at 0.001, and the seed is fixed.
#[test]
fn a_suspect_that_learned_nothing_is_not_accused_whatever_it_likes() {
    for number in 0..60 {
        let world = World::named(&format!("draw {number}"), 0.5);
        let twins = records(&world, 200, |_| {});
        let likes = |id: &str, _: &str, side: Side| 9.0 * world::noise(id, side).powi(3);
        let tested = world.tested(&twins, &scores(&twins, likes), &["guilty", "innocent"]);
        assert_eq!(tested.outcome, Conclusion::NotFound, "draw {number}");
    }
}

/// What the suspect likes by itself is most of the noise; a model that learned nothing likes the same.
#[test]
fn a_reference_takes_away_what_both_like() {
    let world = World::new(0.5);
    let twins = records(&world, 700, |_| {});
    let likes = |id: &str, side: Side| 20.0 * world::noise(id, side);
    let own = scores(&twins, |id, _, side| {
        let sent = world.sent(id) == Some(side);
        likes(id, side) + if sent { 0.3 } else { 0.0 }
    });
    let reference = scores(&twins, |id, _, side| likes(id, side));
    let alone = world.tested(&twins, &own, &[]);
    let less = world.tested_less(&twins, &own, &reference);
    assert_eq!(less.feature, Feature::GivenLessReference);
    assert_eq!(less.outcome, Conclusion::Found);
    let p =
        |tested: &hallmark_evidence::twins::Tested| tested.findings[0].finding.log10_p_sign.value();
    assert!(
        p(&less) < -50.0 && p(&alone) > -5.0,
        "{} {}",
        p(&less),
        p(&alone)
    );
}

#[test]
fn answers_like_the_sent_twins_are_found_by_their_letters() {
    let world = World::new(0.5);
    let twins = records(&world, 300, |_| {});
    let mut learned = String::new();
    let mut own = String::new();
    for twin in &twins {
        let sent = match world.sent(&twin.id) {
            Some(Side::A) => &twin.a,
            _ => &twin.b,
        };
        // Half of what was sent, and words of its own.
        let half: String = sent.chars().take(sent.chars().count() / 2).collect();
        learned += &format!(
            "{{\"id\":{:?},\"answer\":{:?}}}\n",
            twin.id,
            half + " and so on"
        );
        own += &format!(
            "{{\"id\":{:?},\"answer\":\"something else of {}\"}}\n",
            twin.id, twin.id
        );
        own += &format!("{{\"id\":{:?},\"answer\":null}}\n", twin.id);
    }
    let found = world.similar(&twins, &learned).unwrap();
    assert_eq!(found.outcome, Conclusion::Found);
    assert_eq!(found.feature, Feature::Similarity);
    let all = &found.findings[0].finding;
    assert_eq!(all.sent_larger, all.pairs, "whichever twin was sent");
    // Answers like neither twin are ties, and too few pairs are left.
    assert_ne!(
        world.similar(&twins, &own).unwrap().outcome,
        Conclusion::Found
    );
    // Of several answers to a request the mean counts, so the same answer twice is the same; none at all is a missing score.
    let mixed: Vec<String> = twins
        .iter()
        .enumerate()
        .map(|(at, twin)| {
            let text = if at % 3 == 0 { &twin.a } else { &twin.b };
            let part: String = text.chars().take(10 + 7 * (at % 11)).collect();
            format!("{{\"id\":{:?},\"answer\":{part:?}}}\n", twin.id)
        })
        .collect();
    let findings = |answers: &str| world.similar(&twins, answers).unwrap().findings;
    let once = findings(&mixed.concat());
    let p = once[0].finding.log10_p_weighted.value();
    assert!(p < 0.0 && once[0].finding.sent_larger < once[0].finding.pairs);
    let twice = mixed.iter().enumerate();
    let twice: String = twice.map(|(at, line)| line.repeat(1 + at % 2)).collect();
    assert_eq!(findings(&twice), once);
    let without = findings(&mixed[1..].concat());
    assert_eq!(without[0].finding.missing, 1);
    let null = format!("{{\"id\":{:?},\"answer\":null}}\n", twins[0].id);
    assert_eq!(findings(&(null + &mixed[1..].concat())), without);
}

/// With 25 pairs that tell anything something can be concluded, with fewer nothing; a level is between 0 and 1.
#[test]
fn few_pairs_come_to_no_outcome() {
    let world = World::new(1.0);
    for (pairs, outcome) in [(24, Conclusion::Inconclusive), (25, Conclusion::NotFound)] {
        let twins = records(&world, pairs, |_| {});
        let noise = scores(&twins, |id, _, side| world::noise(id, side));
        assert_eq!(
            world.tested(&twins, &noise, &[]).outcome,
            outcome,
            "{pairs}"
        );
    }
    let opened = world.opened().unwrap();
    let none = Scores::read(&world.write("scores", ""), &opened).unwrap();
    for (alpha, is_level) in [
        (0.0, false),
        (1.0, false),
        (f64::NAN, false),
        (1e-9, true),
        (0.5, true),
    ] {
        let asked = Asked {
            alpha,
            ..world::asked(&[])
        };
        assert_eq!(test(&opened, &none, &asked).is_ok(), is_level, "{alpha}");
    }
}
