//! For each condition a case that accuses an innocent suspect where nobody checks, and does not where somebody does.
//!
//! The suspect of this file learned nothing: its scores are a function of each text alone.

use crate::world::{Twin, World, noise, records, scores};
use hallmark_evidence::twins::{CheckedBy, Conclusion, Condition, Side, Tested};

fn raw(tested: &Tested) -> f64 {
    tested.findings[0].finding.log10_p_weighted.value()
}

fn checked(tested: &Tested, condition: Condition) -> CheckedBy {
    let mut conditions = tested.conditions.iter();
    conditions
        .find(|of| of.condition == condition)
        .unwrap()
        .checked_by
}

/// A log that kept sent answers as they arrived: some were cut short when the reader went away. The suspect prefers short texts.
#[test]
fn sent_twins_that_were_cut_accuse_unless_lengths_are_compared() {
    let world = World::new(1.0);
    let cut = |twin: &mut Twin| {
        let sent = match world.sent(&twin.id) {
            Some(Side::A) => &mut twin.a,
            _ => &mut twin.b,
        };
        let length = sent.len() / 3;
        sent.truncate(length);
    };
    let twins = records(&world, 200, cut);
    let length = |twins: &[Twin], id: &str, side| {
        let twin = twins.iter().find(|twin| twin.id == id).unwrap();
        let text = if side == Side::A { &twin.a } else { &twin.b };
        text.len() as f64
    };
    let short = scores(&twins, |id, _, side| {
        noise(id, side) - length(&twins, id, side) / 20.0
    });
    let tested = world.tested(&twins, &short, &[]);
    assert!(raw(&tested) < -20.0, "without the check it accuses");
    assert_eq!(tested.outcome, Conclusion::Inconclusive);
    assert!(
        tested
            .findings
            .iter()
            .all(|found| !found.named && !found.screened)
    );
    assert_eq!(checked(&tested, Condition::TwinsAlike), CheckedBy::Fails);
    // Kept as they were made, the same preference says nothing.
    let whole = records(&world, 200, |_| {});
    let short = scores(&whole, |id, _, side| {
        noise(id, side) - length(&whole, id, side) / 20.0
    });
    let tested = world.tested(&whole, &short, &[]);
    assert_eq!(tested.outcome, Conclusion::NotFound);
    assert_eq!(checked(&tested, Condition::TwinsAlike), CheckedBy::Program);
}

/// Pairs whose sent twin holds a certain word were kept, others forgotten; the suspect likes the word.
#[test]
fn pairs_that_were_left_out_accuse_unless_all_requests_are_listed() {
    let world = World::new(1.0);
    let all = records(&world, 800, |_| {});
    let has = |text: &str| text.starts_with('r') || text.starts_with('s') || text.starts_with('n');
    let kept: Vec<Twin> = all
        .iter()
        .filter(|twin| {
            let [sent, other] = match world.sent(&twin.id) {
                Some(Side::A) => [&twin.a, &twin.b],
                _ => [&twin.b, &twin.a],
            };
            has(sent) || !has(other)
        })
        .cloned()
        .collect();
    assert!(kept.len() > 500 && kept.len() < 750, "{}", kept.len());
    let likes = scores(&kept, |id, _, side| {
        let twin = kept.iter().find(|twin| twin.id == id).unwrap();
        let text = if side == Side::A { &twin.a } else { &twin.b };
        noise(id, side) + if has(text) { 4.0 } else { 0.0 }
    });
    let tested = world.tested(&kept, &likes, &[]);
    assert!(raw(&tested) < -10.0, "without the list it accuses");
    assert_eq!(checked(&tested, Condition::NoneLeftOut), CheckedBy::Person);
    let list: String = all.iter().map(|twin| format!("{}\n", twin.id)).collect();
    world.commit(&kept, Some(&list)).unwrap();
    let tested = world.scored(&likes).unwrap();
    assert_eq!(checked(&tested, Condition::NoneLeftOut), CheckedBy::Program);
    assert_eq!(
        tested.findings[0].finding.missing,
        (all.len() - kept.len()) as u64
    );
    assert_eq!(tested.outcome, Conclusion::NotFound);
}

/// Three quarters of the scores of pairs that speak for the suspect were lost.
#[test]
fn lost_scores_accuse_unless_they_count_against() {
    let world = World::new(1.0);
    let twins = records(&world, 400, |_| {});
    let whole = scores(&twins, |id, _, side| noise(id, side));
    let lines = whole.lines().zip(&twins).enumerate();
    let kept: String = lines
        .filter(|(at, (_, twin))| {
            let [a, b] = [Side::A, Side::B].map(|side| noise(&twin.id, side));
            let sent_is_larger = (world.sent(&twin.id) == Some(Side::A)) == (a > b);
            sent_is_larger || at % 4 == 0
        })
        .map(|(_, (line, _))| format!("{line}\n"))
        .collect();
    world.commit(&twins, None).unwrap();
    let tested = world.scored(&kept).unwrap();
    assert!(raw(&tested) < -6.0, "without the count it accuses");
    assert!(tested.findings[0].finding.missing > 80);
    assert_eq!(tested.outcome, Conclusion::NotFound);
}

/// Two scores of a pair, of which the better one was kept: the file may have each pair once, but a choice before that is not seen.
/// The rule that made the scores looked at the coin. Nothing in the files shows it, so it is for a person.
#[test]
fn a_rule_that_knows_the_coin_accuses_and_the_finding_says_who_vouches() {
    let world = World::new(1.0);
    let twins = records(&world, 200, |_| {});
    let best = scores(&twins, |id, _, side| {
        let is_sent = world.sent(id) == Some(side);
        let again = noise(&format!("{id} again"), side);
        if is_sent {
            noise(id, side).max(again)
        } else {
            noise(id, side)
        }
    });
    let tested = world.tested(&twins, &best, &[]);
    assert_eq!(tested.outcome, Conclusion::Found);
    assert_eq!(checked(&tested, Condition::ScoredBlind), CheckedBy::Person);
}

/// A chat whose next prompt shows which twin was sent: of what comes later, only the coin of the first turn decides.
#[test]
fn later_requests_of_a_conversation_are_left_out() {
    let world = World::new(1.0);
    let named = |twin: &mut Twin| {
        let number: usize = twin.id[1..].parse().unwrap();
        twin.conversation = Some(format!("chat {}", number / 4));
    };
    let twins = records(&world, 80, named);
    let table = world.commit(&twins, None).unwrap().table.unwrap();
    // Two accounts take turns, so that a chat's name stands for two conversations.
    assert_eq!((table.pairs, table.later_in_conversation), (40, 40));
    let few = records(&world, 12, |twin| {
        twin.conversation = Some("one".to_owned());
    });
    let table = world.commit(&few, None).unwrap().table.unwrap();
    assert_eq!(
        (table.pairs, table.later_in_conversation),
        (2, 10),
        "the first of each account"
    );

    // Without names of conversations, a prompt that shows a sent twin is seen.
    let mut twins = records(&world, 40, |twin| {
        twin.prompt = Some("Tell me of rivers.".to_owned());
    });
    world.commit(&twins, None).unwrap();
    let shown = twins[4].a.clone();
    twins[6].prompt = Some(format!("Tell me of rivers.\n{shown}\nGo on."));
    let error = world.commit(&twins, None).unwrap_err();
    assert!(error.to_string().contains("\"r6\" shows a twin"), "{error}");
    // The same two requests as one conversation: the first counts.
    for at in [4, 6] {
        twins[at].conversation = Some("one".to_owned());
    }
    let table = world.commit(&twins, None).unwrap().table.unwrap();
    assert_eq!((table.pairs, table.later_in_conversation), (39, 1));
}

/// Seeds that were looked through after the scores were there: the best of 4,000 accuses. The commitment is what shows that there was one.
#[test]
fn a_seed_that_was_picked_accuses_and_opens_no_commitment() {
    let world = World::new(1.0);
    let twins = records(&world, 30, |_| {});
    let ahead = |name: &str| {
        let seed = world.root.twins(name).unwrap();
        let draw = hallmark_evidence::twins::Draw::new(&seed, 1.0).unwrap();
        let wins = twins.iter().filter(|twin| {
            let [a, b] = [Side::A, Side::B].map(|side| noise(&twin.id, side));
            (draw.sent(&twin.id) == Some(Side::A)) == (a > b)
        });
        wins.count()
    };
    let best = (0..4000)
        .map(|number| format!("draw {number}"))
        .max_by_key(|name| ahead(name))
        .unwrap();
    let picked = World::named(&best, 1.0);
    let likes = scores(&twins, |id, _, side| noise(id, side));
    let tested = picked.tested(&twins, &likes, &[]);
    assert!(
        tested.findings[0].finding.log10_p_sign.value() < -3.0,
        "picked, it accuses"
    );
    assert_eq!(checked(&tested, Condition::FixedBefore), CheckedBy::Person);
    // Against the commitment that was published before, it opens nothing.
    world.commit(&twins, None).unwrap();
    let error =
        hallmark_evidence::twins::Opened::read(&world.path("table"), &picked.opening).unwrap_err();
    assert_eq!(error.kind, hallmark::ErrorKind::Integrity);
}
