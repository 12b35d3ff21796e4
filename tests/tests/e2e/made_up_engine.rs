//! `docs/adding-an-engine.md`, followed once: an engine that nobody has, from its function to a finding.

use hallmark_core::cells::{CellBatch, TokenId};
use hallmark_core::keys::{ForeignKey, Key};
use hallmark_core::law::Law;
use hallmark_core::mark::{Before, Habits, Mark, Repeats, Scored};
use hallmark_core::prf::Prf;
use hallmark_core::profile::{Profile, ProfileError};
use hallmark_core::schemes::{
    Checked, Family, Gumbel, Maker, Numbers, Parameters, SCHEMES, SchemeRow, Setting,
};
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::detection::{Detection, Documents};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::finding::Test;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// Step 1, the function: `SplitMix64` over window, token and key.
struct Split(u64);

impl Prf for Split {
    fn max_token(&self) -> TokenId {
        0xFF_FFFE
    }

    fn word(&self, window: &[TokenId], token: TokenId) -> u32 {
        let mut state = self.0;
        for &id in window.iter().chain([&token]) {
            state = state
                .wrapping_add(u64::from(id) + 1)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
            state = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            state = (state ^ state >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            state ^= state >> 31;
        }
        (state >> 32) as u32
    }

    fn words(&self, cells: &CellBatch, out: &mut [u32]) {
        let mut window = vec![0; cells.window()];
        for (at, (word, &token)) in out.iter_mut().zip(cells.tokens()).enumerate() {
            for (slot, id) in window.iter_mut().enumerate() {
                *id = cells.slot(slot)[at];
            }
            *word = self.word(&window, token);
        }
    }

    fn row(&self, window: &[TokenId], first: TokenId, out: &mut [u32]) {
        for (word, token) in out.iter_mut().zip(first..) {
            *word = self.word(window, token);
        }
    }
}

/// Step 2, the mark: what scores a cell, what a key can say, what is made.
fn mark(setting: &Setting, key: &ForeignKey) -> Mark {
    let number = key.numbers()[0];
    let habits = Habits {
        before: Before::Prompt,
        repeats: Repeats::Unmarked,
    };
    Mark::read(
        setting.identity,
        Scored::by(Split(number), Law::Exponential),
    )
    .with_key_bits(64)
    .made_by(Arc::new(Gumbel::new(Split(number))), habits)
}

/// Step 3, the row.
static ENGINE: [SchemeRow; 1] = [SchemeRow {
    id: "made-up-gumbel",
    prf: "splitmix64",
    family: Family::Gumbel,
    windows: (1, 4),
    window: 2,
    parameters: Parameters::None,
    is_made: true,
    maker: Maker::Numbers {
        count: Numbers::One,
        mark,
        weighted_mean: None,
    },
    checked: Checked::Documents("this test"),
}];

const PROFILE: &str = r#"
hallmark = 1
name = "made up"
scheme = "made-up-gumbel"
prf = "splitmix64"
window = 2
[tokenizer]
vocab_size = 300
"#;

#[test]
fn an_engine_is_one_function_one_mark_and_one_row() {
    assert!(matches!(
        Profile::parse(PROFILE),
        Err(ProfileError::Value {
            field: "scheme",
            ..
        })
    ));
    let profile = Profile::parse_among(PROFILE, &ENGINE).unwrap();
    assert_eq!(
        Profile::parse_among(&profile.to_toml(), &ENGINE).unwrap(),
        profile
    );
    let [own, other] =
        [5_u64, 1 << 40].map(|number| Key::from(ForeignKey::new(vec![number]).unwrap()));
    assert!(profile.takes(&own) && !profile.takes(&ForeignKey::new(vec![1, 2]).unwrap().into()));
    let mark = Mark::new(&profile, &own).unwrap();

    // It marks.
    let mut random = ChaCha12Rng::seed_from_u64(3);
    let mut raw = RawCells::new(profile.window);
    for prompt in 0..20 {
        let mut marker = mark.marker(&[prompt, prompt + 1]).unwrap();
        for _ in 0..120 {
            let mut logits: Vec<f32> = (0..300)
                .map(|_| (random.next_u32() >> 8) as f32 / 2e7)
                .collect();
            let choice = marker.choose_row(&mut logits, 0.5).unwrap();
            marker.accept(choice.index as u32).unwrap();
        }
        raw.push(marker.tokens(), Exposure::NOTHING).unwrap();
    }

    // The mark is found, in each document and in all, and under examination by every test.
    let mut detection = Detection::new([&mark], DedupKind::Exact);
    detection.observe(&raw).unwrap();
    assert!(detection.finish().unwrap()[0].log10_p.value() < -15.0);
    let mut documents = Documents::new(&mark, DedupKind::Exact);
    let each = documents.observe(&raw, Some(0.001)).unwrap();
    assert!(each.iter().all(|one| one.score.log10_p.value() < -3.0));
    let plan = Plan {
        e_process: true,
        decoys: 199,
        controls: vec![other.clone()],
        shape: true,
        ..Plan::default()
    };
    let mut examination = Examination::new(&profile, &[own, other], plan).unwrap();
    examination.observe(&raw).unwrap();
    let findings = examination.finish().unwrap();
    let id = mark.key().to_string();
    for finding in &findings {
        let log10_p = finding.log10_p.value();
        let is_own = finding.key_id == id;
        let least = if finding.test() == Test::T5 {
            -2.0
        } else {
            -8.0
        };
        assert_eq!(log10_p < least, is_own, "{}: {log10_p}", finding.test());
        // No finding says more than there are keys: 5 stands for a draw from 16 bits, but the row says 64.
        assert!(log10_p >= -64.0 * 2.0_f64.log10());
    }
}

/// The documents name the files that there are.
#[test]
fn the_guide_names_files_that_exist() {
    let guide = include_str!("../../../docs/adding-an-engine.md");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap();
    let mut named = 0;
    for path in guide
        .split('`')
        .filter(|text| text.contains('/') && text.contains('.'))
    {
        if path.starts_with("crates/") || path.starts_with("tests/") || path.starts_with("docs/") {
            assert!(root.join(path).exists(), "{path}");
            named += 1;
        }
    }
    assert!(named >= 6);
    assert_eq!(SCHEMES.len(), 24);
}
