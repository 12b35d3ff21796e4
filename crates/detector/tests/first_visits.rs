//! T3r on constructed logs: innocent suspects, words drawn anew for every key. Each condition of `docs/tests/first-visits.md` that a log can
//! break is broken here once, and then the suspect is accused; and kept, and then it is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_core::keys::{CohortKey, Key, PublicId};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::visits::{FirstVisits, code};
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan, weaker};
use hallmark_detector::finding::{Condition, Expectation, Finding, Test};
use hallmark_detector::statistic::first_visits::Logs;
use hallmark_detector::weights::{WeightRule, WeightSource, WindowWeights};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::HashMap;
use std::sync::Arc;

/// Windows of one token, and what a model may say after each.
struct World {
    windows: u32,
    /// How often the suspect was at each, and the control.
    visits: (usize, usize),
    /// The chance of each candidate, the same after every window but for its order.
    law: Vec<f64>,
}

/// What one design makes of a world under one key.
struct Case {
    /// When each window was visited first, if it was.
    first: HashMap<u32, u64>,
    /// How often the log held it.
    held: HashMap<u32, u32>,
    /// How often text at large held it.
    background: HashMap<u32, u32>,
}

/// The log of a key, by windows of one token.
struct Log {
    key: PublicId,
    numbers: HashMap<WindowHash, u64>,
    total: u64,
    as_sampled: bool,
}

impl Log {
    fn new(key: PublicId, numbers: impl IntoIterator<Item = (u32, u64)>) -> Self {
        let numbers: HashMap<_, _> = numbers
            .into_iter()
            .map(|(window, number)| (WindowHash::of(&[window]), number))
            .collect();
        Self {
            key,
            total: numbers.values().sum(),
            numbers,
            as_sampled: true,
        }
    }
}

impl FirstVisits for Log {
    fn window(&self) -> usize {
        1
    }

    fn read(&self) -> u64 {
        self.numbers.values().copied().max().unwrap_or(0)
    }

    fn marked_by(&self) -> Option<PublicId> {
        Some(self.key)
    }

    fn is_as_sampled(&self) -> bool {
        self.as_sampled
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        for (to, window) in codes.iter_mut().zip(windows) {
            *to = self.numbers.get(window).map(|&time| code(time));
        }
    }
}

impl WindowCounts for Log {
    fn window(&self) -> usize {
        1
    }

    fn total(&self) -> u64 {
        self.total
    }

    fn distinct(&self) -> u64 {
        self.numbers.len() as u64
    }

    fn marked_by(&self) -> Option<PublicId> {
        Some(self.key)
    }

    fn counts(&self, windows: &[WindowHash], counts: &mut [u32]) {
        for (to, window) in counts.iter_mut().zip(windows) {
            *to = self.numbers.get(window).map_or(0, |&count| count as u32);
        }
    }
}

struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// In (0, 1).
    fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(limit)) >> 64) as u64
    }

    fn choose(&mut self, law: &[f64]) -> usize {
        let mut left = self.uniform() * law.iter().sum::<f64>();
        let at = law.iter().position(|&chance| {
            left -= chance;
            left < 0.0
        });
        at.unwrap_or(law.len() - 1)
    }

    /// Knuth's method.
    fn poisson(&mut self, mean: f64) -> u32 {
        let mut product = self.uniform();
        let mut count = 0;
        while product > (-mean).exp() {
            product *= self.uniform();
            count += 1;
        }
        count
    }
}

fn profile(scheme: &str) -> Profile {
    Profile::parse(&format!(
        "hallmark = 1\nname = \"t\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 1\n[tokenizer]\nvocab_size = 65536\n"
    ))
    .unwrap()
}

fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    CohortKey::from_bytes(bytes).into()
}

/// The tokens that are candidates everywhere.
const CANDIDATE: u32 = 40_000;

impl World {
    /// What the key chooses after each window: the Gumbel trick, by the words that a detector reads.
    fn choices(&self, mark: &Mark) -> Vec<usize> {
        let mut batch = hallmark_core::cells::CellBatch::new(1, self.law.len());
        let mut words = vec![0; self.law.len()];
        let choose = |window: u32| {
            batch.clear();
            for at in 0..self.law.len() as u32 {
                batch.push(&[window], CANDIDATE + at);
            }
            mark.reading().words(&batch, &mut words);
            let wait = |at: &usize| {
                let uniform = (f64::from(words[*at]) + 0.5) / 4_294_967_296.0;
                -uniform.ln() / self.law[*at]
            };
            (0..self.law.len())
                .min_by(|a, b| wait(a).total_cmp(&wait(b)))
                .unwrap()
        };
        (0..self.windows).map(choose).collect()
    }
}

/// Answers of one window and one token, `each` after every window, by this law; prompts all differ.
fn answers(world: &World, law: &[f64], each: usize, random: &mut Random) -> RawCells {
    let mut raw = RawCells::new(1);
    let mut prompt = 0;
    for window in 0..world.windows {
        for _ in 0..each {
            let token = CANDIDATE + random.choose(law) as u32;
            prompt += 1;
            let shown = [vec![50_000 + prompt % 10_000, 50_000 + prompt / 10_000]];
            raw.push(&[window, token], Exposure::known(&shown)).unwrap();
        }
    }
    raw
}

/// T3r and T2r of an innocent suspect.
fn examine(key: &Key, case: Case, suspect: &RawCells, control: &RawCells) -> Vec<Finding> {
    let id = key.public_id();
    let held = Log::new(id, case.held.into_iter().map(|(w, n)| (w, n.into())));
    let rule = WeightRule::Graded {
        assumed_share: 0.01,
        prior: 10.0,
        floor: false,
    };
    let weights = WindowWeights::new(vec![Arc::new(held)], None, rule).unwrap();
    let background = Log {
        total: 1_000_000,
        ..Log::new(id, case.background.into_iter().map(|(w, n)| (w, n.into())))
    };
    let plan = Plan {
        weights: Some(Arc::new(weights)),
        residual: Some(Expectation::Reference),
        first_visits: Some(Logs {
            logs: vec![Arc::new(Log::new(id, case.first))],
            background: Some(Arc::new(background)),
        }),
        ..Plan::default()
    };
    let profile = profile("gumbel");
    let mut examination = Examination::new(&profile, std::slice::from_ref(key), plan).unwrap();
    examination.observe(suspect).unwrap();
    examination.observe_reference(control).unwrap();
    examination.finish().unwrap()
}

/// Of how many keys, and how many of them have a p of this test at or below 0.05 and 0.01.
#[derive(Debug, Default)]
struct Rejected {
    keys: u32,
    t3r: [u32; 2],
    t2r: [u32; 2],
}

impl Rejected {
    /// No more than chance allows: so many come more seldom than once in a million.
    fn is_innocent(&self) -> bool {
        self.are_chance(self.t3r)
    }

    fn are_chance(&self, counts: [u32; 2]) -> bool {
        let chance = |(count, level): (u32, f64)| at_least(self.keys, level, count);
        counts
            .into_iter()
            .zip([0.05, 0.01])
            .all(|one| chance(one) > 1e-6)
    }
}

/// The chance of so many successes of `trials`, or more.
fn at_least(trials: u32, rate: f64, successes: u32) -> f64 {
    let mut point = (1.0 - rate).powi(trials as i32);
    let mut below = 0.0;
    for k in 0..successes {
        below += point;
        point *= f64::from(trials - k) / f64::from(k + 1) * rate / (1.0 - rate);
    }
    1.0 - below
}

/// Tries a design under many keys. `make` is given the key's choices and says what the log and the background hold.
fn try_keys(
    keys: u32,
    world: &World,
    suspect: &[f64],
    control: &[f64],
    mut make: impl FnMut(&[usize], &mut Random) -> Case,
) -> Rejected {
    let mut rejected = Rejected {
        keys,
        ..Rejected::default()
    };
    for number in 0..keys.into() {
        let key = key(1000 + number);
        let mark = Mark::new(&profile("gumbel"), &key).unwrap();
        let mut random = Random::new(number);
        let case = make(&world.choices(&mark), &mut random);
        let own = answers(world, suspect, world.visits.0, &mut random);
        let other = answers(world, control, world.visits.1, &mut random);
        let findings = examine(&key, case, &own, &other);
        for (test, counts) in [
            (Test::T3r, &mut rejected.t3r),
            (Test::T2r, &mut rejected.t2r),
        ] {
            let finding = findings.iter().find(|f| f.test() == test).unwrap();
            for (count, level) in counts.iter_mut().zip([0.05_f64, 0.01]) {
                *count += u32::from(finding.log10_p.value() <= level.log10());
            }
        }
    }
    rejected
}

/// Visits that depend on nothing but chance: `rate` on average, in a log of so many windows. The first, and how many.
fn visited(random: &mut Random, rate: f64, length: u64) -> Option<(u64, u32)> {
    let visits = random.poisson(rate);
    let times = (0..visits).map(|_| 1 + random.below(length));
    times.min().map(|first| (first, visits))
}

const TWO: [f64; 2] = [0.2, 0.8];

/// After u the token u again: wherever the key chooses it, the log comes back to u again and again. The suspect has more of that habit than the
/// control.
#[test]
fn loops_accuse_by_counts_and_not_by_first_visits() {
    let world = World {
        windows: 1000,
        visits: (5, 10),
        law: TWO.to_vec(),
    };
    let rejected = try_keys(60, &world, &[0.5, 0.5], &TWO, |choices, random| {
        let mut case = Case {
            first: HashMap::new(),
            held: HashMap::new(),
            background: HashMap::new(),
        };
        for (window, &choice) in (0..).zip(choices) {
            if let Some((first, visits)) = visited(random, 2.0, 100_000) {
                case.first.insert(window, first);
                case.held
                    .insert(window, visits * if choice == 0 { 20 } else { 1 });
            }
        }
        case
    });
    println!("loops: {rejected:?}");
    assert!(rejected.is_innocent(), "{rejected:?}");
    assert!(!rejected.are_chance(rejected.t2r), "{rejected:?}");
}

/// Whoever harvested asked twenty questions more where the answer was right. The suspect is right more often than the control.
#[test]
fn harvesters_who_adapt_accuse_by_counts_and_not_by_first_visits() {
    let world = World {
        windows: 800,
        visits: (1, 10),
        law: vec![0.5, 0.5],
    };
    let rejected = try_keys(60, &world, &[0.9, 0.1], &[0.5, 0.5], |choices, _| {
        let windows = (0..).zip(choices);
        Case {
            first: windows
                .clone()
                .map(|(window, _)| (window, 40 * u64::from(window) + 1))
                .collect(),
            held: windows
                .map(|(window, &choice)| (window, if choice == 0 { 21 } else { 1 }))
                .collect(),
            background: HashMap::new(),
        }
    });
    println!("adaptive: {rejected:?}");
    assert!(rejected.is_innocent(), "{rejected:?}");
    assert!(!rejected.are_chance(rejected.t2r), "{rejected:?}");
}

/// Wrong answers were deleted from the log: the condition is real, and nothing in the log shows it.
#[test]
fn logs_that_were_curated_by_content_accuse() {
    let world = World {
        windows: 800,
        visits: (1, 10),
        law: vec![0.5, 0.5],
    };
    let design = |is_curated: bool| {
        try_keys(60, &world, &[0.9, 0.1], &[0.5, 0.5], |choices, _| {
            let kept = (0..)
                .zip(choices)
                .filter(|&(_, &choice)| !is_curated || choice == 0);
            Case {
                first: kept
                    .map(|(window, _)| (window, 40 * u64::from(window) + 1))
                    .collect(),
                held: HashMap::from([(0, 1)]),
                background: HashMap::new(),
            }
        })
    };
    let (whole, curated) = (design(false), design(true));
    println!("whole: {whole:?}, curated: {curated:?}");
    assert!(whole.is_innocent(), "{whole:?}");
    assert!(!curated.is_innocent(), "{curated:?}");
}

/// Attack A: the end token is not stored, and the window before it not entered. Attack D is the same with accounts that were put into the
/// index because they asked on.
#[test]
fn windows_that_ended_an_answer_must_be_entered() {
    let chances: Vec<f64> = (1..=20).map(|rank| 1.0 / f64::from(rank)).collect();
    let all: f64 = chances.iter().sum();
    let law: Vec<f64> = chances.iter().map(|chance| 0.7 * chance / all).collect();
    let world = World {
        windows: 20_000,
        visits: (3, 6),
        law: law.iter().copied().chain([0.3]).collect(),
    };
    let design = |is_entered: bool| {
        try_keys(40, &world, &law, &law, |choices, random| {
            let mut first = HashMap::new();
            for (window, &choice) in (0..).zip(choices) {
                let visit = visited(random, 2.0, 100_000);
                if let Some((time, _)) = visit.filter(|_| is_entered || choice < 20) {
                    first.insert(window, time);
                }
            }
            Case {
                first,
                held: HashMap::from([(0, 1)]),
                background: HashMap::new(),
            }
        })
    };
    let (entered, left_out) = (design(true), design(false));
    println!("entered: {entered:?}, left out: {left_out:?}");
    assert!(entered.is_innocent(), "{entered:?}");
    assert!(!left_out.is_innocent(), "{left_out:?}");
}

/// Attack C: questions in one shard, follow-ups, asked where the answer was right, in another that is read first.
#[test]
fn shards_must_be_read_in_the_order_of_requests() {
    let world = World {
        windows: 800,
        visits: (1, 10),
        law: vec![0.5, 0.5],
    };
    let design = |in_order: bool| {
        try_keys(60, &world, &[0.9, 0.1], &[0.5, 0.5], |choices, random| {
            let time = |(window, &choice): (u32, &usize)| {
                let question = 40 * u64::from(window) + 1;
                let time = match (in_order, choice) {
                    (true, _) => question,
                    (false, 0) => 1 + random.below(32_000),
                    (false, _) => 32_000 + question,
                };
                (window, time)
            };
            Case {
                first: (0..).zip(choices).map(time).collect(),
                held: HashMap::from([(0, 1)]),
                background: HashMap::new(),
            }
        })
    };
    let (in_order, shards) = (design(true), design(false));
    println!("in order: {in_order:?}, shards: {shards:?}");
    assert!(in_order.is_innocent(), "{in_order:?}");
    assert!(!shards.is_innocent(), "{shards:?}");
}

/// Attacks E and F: background text that is younger than the key, and grew where the key's choice leads on.
#[test]
fn the_background_must_be_older_than_the_key() {
    let world = World {
        windows: 1000,
        visits: (5, 10),
        law: TWO.to_vec(),
    };
    let design = |is_older: bool| {
        try_keys(60, &world, &[0.05, 0.95], &TWO, |choices, random| {
            let mut case = Case {
                first: HashMap::new(),
                held: HashMap::from([(0, 1)]),
                background: HashMap::new(),
            };
            for (window, &choice) in (0..).zip(choices) {
                if let Some((first, _)) = visited(random, 2.0, 100_000) {
                    case.first.insert(window, first);
                }
                let grown = if choice == 0 && !is_older { 40 } else { 0 };
                case.background.insert(window, random.poisson(2.0) + grown);
            }
            case
        })
    };
    let (older, younger) = (design(true), design(false));
    println!("older: {older:?}, younger: {younger:?}");
    assert!(older.is_innocent(), "{older:?}");
    assert!(!younger.is_innocent(), "{younger:?}");
}

/// A log that nobody shows to be as sampled makes a finding that decides nothing; a log of another key makes none.
#[test]
fn a_log_as_it_was_read_is_conditional_and_anothers_is_none() {
    let world = World {
        windows: 50,
        visits: (5, 10),
        law: TWO.to_vec(),
    };
    let mut random = Random::new(5);
    let raw = answers(&world, &TWO, world.visits.0, &mut random);
    let key = key(7);
    let of = |log: Log| {
        let plan = Plan {
            first_visits: Some(Logs {
                logs: vec![Arc::new(log)],
                background: None,
            }),
            ..Plan::default()
        };
        let mut examination =
            Examination::new(&profile("gumbel"), std::slice::from_ref(&key), plan).unwrap();
        examination.observe(&raw).unwrap();
        let findings = examination.finish().unwrap();
        findings
            .into_iter()
            .find(|finding| finding.test() == Test::T3r)
    };
    let log = || {
        Log::new(
            key.public_id(),
            (0..50).map(|window| (window, 1 + u64::from(window))),
        )
    };
    let exact = of(log()).unwrap();
    assert!(exact.unproven.is_empty() && exact.decides());
    assert_eq!(exact.weights(), Some(WeightSource::FirstVisits));
    let of_itself = Plan {
        first_visits: Some(Logs {
            logs: vec![Arc::new(log())],
            background: Some(Arc::new(log())),
        }),
        ..Plan::default()
    };
    let mut examination =
        Examination::new(&profile("gumbel"), std::slice::from_ref(&key), of_itself).unwrap();
    examination.observe(&raw).unwrap();
    let findings = examination.finish().unwrap();
    let mut t3r = findings
        .iter()
        .filter(|finding| finding.test() == Test::T3r);
    assert_eq!(t3r.next().unwrap().unproven, [Condition::KeyFreeWeights]);
    let as_read = of(Log {
        as_sampled: false,
        ..log()
    })
    .unwrap();
    assert_eq!(as_read.unproven, [Condition::LogAsSampled]);
    assert_eq!(as_read.log10_p, exact.log10_p);
    let other = CohortKey::from_bytes([9; 32]);
    assert!(
        of(Log {
            key: Key::from(other).public_id(),
            ..log()
        })
        .is_none()
    );
}

/// Of two examinations of the same keys the larger p of each test counts, and the smaller e-value.
#[test]
fn of_two_examinations_the_weaker_finding_counts() {
    let world = World {
        windows: 50,
        law: TWO.to_vec(),
        visits: (5, 10),
    };
    let key = key(7);
    let examined = |seed: u64| {
        let raw = answers(&world, &TWO, 5, &mut Random::new(seed));
        let plan = Plan {
            e_process: true,
            ..Plan::default()
        };
        let mut examination =
            Examination::new(&profile("gumbel"), std::slice::from_ref(&key), plan).unwrap();
        examination.observe(&raw).unwrap();
        examination.finish().unwrap()
    };
    let (one, other) = (examined(1), examined(2));
    for (a, b) in [(&one, &other), (&other, &one)] {
        let weaker = weaker(a.clone(), b.clone());
        for ((weak, one), other) in weaker.iter().zip(&one).zip(&other) {
            assert_eq!(weak.log10_p, one.log10_p.max(other.log10_p));
            assert_eq!(weak.log10_e(), one.log10_e().min(other.log10_e()));
            assert!(weak.log10_p_adjusted >= weak.log10_p);
        }
    }
}

/// The log of a ring of two, by windows of one token under each sub-key.
struct RingLog(Log);

impl FirstVisits for RingLog {
    fn window(&self) -> usize {
        1
    }

    fn sub_keys(&self) -> u32 {
        2
    }

    fn read(&self) -> u64 {
        self.0.read()
    }

    fn marked_by(&self) -> Option<PublicId> {
        Some(self.0.key)
    }

    fn is_as_sampled(&self) -> bool {
        true
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        self.0.codes(windows, codes);
    }
}

/// Chats of two turns: the first is marked by sub-key 0, and the second, by sub-key 1, comes back to a window only where the first chose the
/// candidate that the suspect likes. With the numbers swapped, windows are entered under sub-key 0 by what that very key chose.
#[test]
fn a_rings_log_must_name_the_sub_keys_that_marked_it() {
    let world = World {
        windows: 800,
        visits: (1, 10),
        law: vec![0.5, 0.5],
    };
    let profile = Profile {
        ring: 2,
        ..profile("gumbel")
    };
    let design = |is_swapped: bool| {
        let mut rejected = Rejected::default();
        for number in 0..60 {
            let key = key(900 + number);
            let mark = Mark::new(&profile, &key).unwrap();
            let choices = world.choices(mark.member(0).unwrap());
            let under = |window: u32, sub_key: u32| {
                let named = if is_swapped { 1 - sub_key } else { sub_key };
                WindowHash::of(&[window]).under(named)
            };
            let mut log = Log::new(key.public_id(), []);
            for (window, &choice) in (0..).zip(&choices) {
                let time = 40 * u64::from(window) + 1;
                log.numbers.insert(under(window, 0), time);
                if choice == 0 {
                    log.numbers.insert(under(window, 1), time + 1);
                }
            }
            let mut random = Random::new(7_000 + number);
            let suspect = answers(&world, &[0.9, 0.1], world.visits.0, &mut random);
            let control = answers(&world, &[0.5, 0.5], world.visits.1, &mut random);
            let plan = Plan {
                residual: Some(Expectation::Reference),
                first_visits: Some(Logs {
                    logs: vec![Arc::new(RingLog(log))],
                    background: None,
                }),
                ..Plan::default()
            };
            let mut examination =
                Examination::new(&profile, std::slice::from_ref(&key), plan).unwrap();
            examination.observe(&suspect).unwrap();
            examination.observe_reference(&control).unwrap();
            let findings = examination.finish().unwrap();
            let t3r = findings.iter().find(|finding| finding.test() == Test::T3r);
            let p = t3r.unwrap().log10_p.value();
            rejected.keys += 1;
            for (count, level) in rejected.t3r.iter_mut().zip([0.05_f64, 0.01]) {
                *count += u32::from(p <= level.log10());
            }
        }
        rejected
    };
    let (right, swapped) = (design(false), design(true));
    println!("right: {right:?}, swapped: {swapped:?}");
    assert!(right.is_innocent(), "{right:?}");
    assert!(!swapped.is_innocent(), "{swapped:?}");
}
