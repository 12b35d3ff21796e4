//! Speculative decoding with two keys leaves distribution and acceptance as they are, and both marks in the text.

use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::Detection;
use hallmark_serve::speculative::{Verdict, verify};
use hallmark_serve::{Asked, Request};

fn profile(vocabulary: u32) -> Profile {
    Profile::parse(&format!(
        "hallmark = 1\nname = \"t\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = {vocabulary}\n"
    ))
    .expect("a profile")
}

fn mark(profile: &Profile, seed: u64) -> Mark {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let key = RootKey::from_bytes(bytes).default_cohort();
    Mark::new(profile, &key.into()).expect("a mark")
}

fn request(mark: &Mark, vocabulary: u32, seed: u64) -> Request {
    let asked = Asked {
        seed: Some(seed),
        ..Asked::default()
    };
    Request::of_mark(mark, vocabulary, 0, &asked).expect("a request")
}

/// Over 40,000 pairs of keys a count's standard error is at most 100; five of them are allowed for each of six counts, so a right
/// function fails with a chance below 10⁻⁵.
#[test]
fn distribution_and_acceptance_are_unchanged() {
    const KEYS: u64 = 40_000;
    let profile = profile(4);
    let p = [0.1f64, 0.5, 0.15, 0.25];
    let q = [0.4f64, 0.2, 0.15, 0.25];
    let logits = |row: [f64; 4]| row.map(|x| x.ln() as f32 + 3.0);
    let mut counts = [0u64; 4];
    let mut accepted = 0;
    for seed in 0..KEYS {
        let (a, b) = (mark(&profile, 2 * seed), mark(&profile, 2 * seed + 1));
        let (mut drafting, mut recovery) = (request(&a, 4, seed), request(&b, 4, seed + (1 << 40)));
        for request in [&mut drafting, &mut recovery] {
            request.sync(&[3, 1], 0).expect("a window");
        }
        let drafted = drafting
            .choose_row(&mut logits(q), None, None)
            .expect("a token");
        assert!(drafted.marked);
        let drafted = drafted.index as u32;
        let emitted = match verify(&mut recovery, &mut logits(p), &logits(q), drafted, None)
            .expect("a verdict")
        {
            Verdict::Accepted => {
                accepted += 1;
                drafted as usize
            }
            Verdict::Recovered(choice) => {
                assert!(choice.marked);
                choice.index
            }
        };
        counts[emitted] += 1;
    }
    let close = |count: u64, share: f64| {
        let expected = share * KEYS as f64;
        assert!(
            (count as f64 - expected).abs() < 5.0 * (expected * (1.0 - share)).sqrt(),
            "{count} of {KEYS}, expected {expected}"
        );
    };
    for (count, share) in counts.into_iter().zip(p) {
        close(count, share);
    }
    let both: f64 = p.iter().zip(q).map(|(p, q)| p.min(q)).sum();
    close(accepted, both);
}

#[test]
fn both_marks_are_in_the_text() {
    const VOCABULARY: u32 = 2000;
    let profile = profile(VOCABULARY);
    let (a, b) = (mark(&profile, 1), mark(&profile, 2));
    let (mut drafting, mut recovery) = (request(&a, VOCABULARY, 1), request(&b, VOCABULARY, 2));
    let row = |step: u64, model: u64| -> Vec<f32> {
        let mix = |x: u64| (x.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32 / (1 << 24) as f32;
        let shared = |token: u64| 4.0 * mix(token + step * 4001);
        (0..u64::from(VOCABULARY))
            .map(|token| shared(token) + 2.0 * mix(token * 7 + step + model * 1_000_003))
            .collect()
    };
    let mut accepted = 0;
    for step in 0..600 {
        let (draft, mut target) = (row(step, 1), row(step, 2));
        let token = drafting
            .choose_row(&mut draft.clone(), None, None)
            .expect("a token")
            .index as u32;
        let token =
            match verify(&mut recovery, &mut target, &draft, token, None).expect("a verdict") {
                Verdict::Accepted => {
                    accepted += 1;
                    token
                }
                Verdict::Recovered(choice) => choice.index as u32,
            };
        drafting.accept(token).expect("accepted");
        recovery.accept(token).expect("accepted");
    }
    assert!((200..500).contains(&accepted), "{accepted}");
    let log10_p = |mark: &Mark| {
        let mut raw = RawCells::new(2);
        raw.push(recovery.tokens(), Exposure::NOTHING)
            .expect("tokens");
        let mut detection = Detection::new([mark], DedupKind::Exact);
        detection.observe(&raw).expect("cells");
        detection.finish().expect("findings")[0].log10_p.value()
    };
    assert!(
        log10_p(&a) < -20.0 && log10_p(&b) < -20.0,
        "{} {}",
        log10_p(&a),
        log10_p(&b)
    );
    assert!(log10_p(&mark(&profile, 3)) > -5.0);
}

#[test]
fn unusable_rows_are_errors() {
    let profile = profile(4);
    let mut recovery = request(&mark(&profile, 1), 4, 1);
    let mut bad = [f32::NAN, 0.0, 0.0, 0.0];
    assert!(verify(&mut recovery, &mut bad, &[0.0; 4], 1, None).is_err());
    assert!(verify(&mut recovery, &mut [0.0; 4], &[0.0; 3], 1, None).is_err());
    assert!(verify(&mut recovery, &mut [0.0; 4], &[0.0; 4], 9, None).is_err());
}
