//! Rings of keys: one profile, one cohort's key, several sub-keys of which each request is marked with one.

use hallmark_core::cells::CellBatch;
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::{CannotMark, Mark};
use hallmark_core::profile::{MAX_RING, Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use std::collections::HashSet;

const SCHEMES: [Scheme; 4] = [
    Scheme::GUMBEL,
    Scheme::DUAL_GUMBEL,
    Scheme::green(0.25, 2.0),
    Scheme::tournament(32),
];

fn profile(scheme: Scheme, ring: u32) -> Profile {
    Profile {
        name: "test".to_owned(),
        scheme,
        window: 2,
        ring,
        tokenizer: TokenizerRef {
            vocab_size: 1000,
            sha256: None,
        },
    }
}

fn key() -> CohortKey {
    CohortKey::from_bytes([7; 32])
}

/// The words of one part on some cells.
fn words(mark: &Mark, part: usize) -> Vec<u32> {
    let mut batch = CellBatch::new(2, 64);
    (0..64).for_each(|token| batch.push(&[5, 6], token));
    let mut words = vec![0; 64];
    mark.parts()[part].reading.words(&batch, &mut words);
    words
}

#[test]
fn a_ring_is_read_by_all_of_its_sub_keys_and_made_by_one() {
    for scheme in SCHEMES {
        let ring = Mark::new(&profile(scheme, 4), &key().into()).unwrap();
        assert_eq!((ring.sub_keys(), ring.parts().len()), (4, 4));
        assert_eq!(ring.key(), key().public_id());
        assert_eq!(
            ring.marker(&[]).err(),
            Some(CannotMark::Ring { sub_keys: 4 })
        );
        assert!(ring.member(4).is_none());
        let single = profile(scheme, 1);
        let mut all = HashSet::new();
        for number in 0..4 {
            // Sub-key n is an ordinary key, and member n what it marks with.
            let own = Mark::new(&single, &key().sub_key(4, number).into()).unwrap();
            let member = ring.member(number as usize).unwrap();
            assert_eq!(member.parts().len(), 1);
            assert_eq!(words(&own, 0), words(member, 0));
            assert_eq!(words(&own, 0), words(&ring, number as usize));
            assert_eq!(member.key(), ring.key(), "records name the cohort's key");
            assert!(all.insert(words(member, 0)));

            let [mut one, mut other] = [&own, member].map(|mark| mark.marker(&[]).unwrap());
            for step in 0..60 {
                let logits: Vec<f32> = (0..1000).map(|token| (token % 7) as f32).collect();
                let uniform = f64::from(step) / 60.0;
                let [first, second] = [&mut one, &mut other].map(|marker| {
                    let index = marker
                        .choose_row(&mut logits.clone(), uniform)
                        .unwrap()
                        .index;
                    marker.accept(index as u32).unwrap();
                    index
                });
                assert_eq!(first, second);
            }
        }
        // The cohort's own words are none of them: with and without a ring it is another mark.
        let plain = Mark::new(&single, &key().into()).unwrap();
        assert!(all.insert(words(&plain, 0)));
        assert_eq!(plain.sub_keys(), 1);
        assert_eq!(words(plain.member(0).unwrap(), 0), words(&plain, 0));
        assert!(plain.member(1).is_none());
    }
}

#[test]
fn a_profile_says_its_ring_and_only_native_marks_have_one() {
    let plain = profile(Scheme::GUMBEL, 1);
    assert!(!plain.to_toml().contains("ring"));
    assert_eq!(Profile::parse(&plain.to_toml()).unwrap().ring, 1);
    let ring = profile(Scheme::GUMBEL, MAX_RING);
    assert!(ring.to_toml().contains("ring = 16"));
    assert_eq!(Profile::parse(&ring.to_toml()).unwrap(), ring);
    for wrong in [0, MAX_RING + 1] {
        let error = profile(Scheme::GUMBEL, wrong).check().unwrap_err();
        assert!(error.to_string().contains("ring = "), "{error}");
    }
    let foreign = Scheme::named("vllm-gumbel-v1").unwrap();
    let error = profile(foreign, 2).check().unwrap_err();
    assert!(error.to_string().contains("ring = 2"), "{error}");
    let _: Key = key().into();
}
