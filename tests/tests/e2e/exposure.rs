//! An innocent model that copies marked prompts must not be accused.

use crate::common::{profile, real_documents};
use hallmark_core::keys::{CohortKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::examination::{Examination, Plan};
use hallmark_detector::tail::Log10P;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Text marked strongly: every token chosen among 40 random, about equally likely ones.
fn marked_text(mark: &Mark, tokens: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut marker = mark.marker(&[]).unwrap();
    for _ in 0..tokens {
        let candidates: Vec<u32> = (0..40).map(|_| rng.next_u32() % 1024).collect();
        let mut logits = [0.0; 40];
        let uniform = f64::from(rng.next_u32()) / 4_294_967_296.0;
        let choice = marker.choose(&candidates, &mut logits, uniform).unwrap();
        marker.accept(candidates[choice.index]).unwrap();
    }
    marker.tokens().to_vec()
}

fn examine(answers: &[(Vec<u32>, Vec<u32>)], profile: &Profile, key: &Key, shown: bool) -> Log10P {
    let mut examination =
        Examination::new(profile, std::slice::from_ref(key), Plan::default()).unwrap();
    let mut raw = RawCells::new(profile.window);
    for (prompt, answer) in answers {
        let pieces = [prompt.clone()];
        let exposure = if shown {
            Exposure::known(&pieces)
        } else {
            Exposure::UNKNOWN
        };
        raw.push(answer, exposure).unwrap();
    }
    examination.observe(&raw).unwrap();
    examination.finish().unwrap()[0].log10_p
}

/// The answers quote marked prompts at length between words of their own. With the prompts given
/// as exposure p stays above 1e-4 for each of 12 settings (chance 1.2e-3 over new keys); without
/// it, the same answers look marked beyond any doubt.
#[test]
fn copying_a_marked_prompt_is_no_evidence() {
    let own = real_documents();
    for scheme in [
        Scheme::GUMBEL,
        Scheme::DUAL_GUMBEL,
        Scheme::green(0.25, 2.0),
        Scheme::tournament(32),
    ] {
        for window in [1, 2, 4] {
            let profile = profile(scheme, window);
            let key = Key::from(CohortKey::from_bytes([window as u8; 32]));
            let mark = Mark::new(&profile, &key).unwrap();
            let mut rng = ChaCha8Rng::seed_from_u64(window as u64);
            let answers: Vec<(Vec<u32>, Vec<u32>)> = own[..300]
                .iter()
                .map(|own| {
                    let prompt = marked_text(&mark, 60, &mut rng);
                    let start = rng.next_u32() as usize % 20;
                    let mut answer = own[..10].to_vec();
                    answer.extend_from_slice(&prompt[start..start + 40]);
                    answer.extend_from_slice(&own[10..]);
                    (prompt, answer)
                })
                .collect();
            let name = format!("{} with window {window}", scheme.id());
            let shown = examine(&answers, &profile, &key, true).value();
            assert!(
                shown > -4.0,
                "{name}: an innocent copy got log10 p = {shown}"
            );
            let hidden = examine(&answers, &profile, &key, false).value();
            assert!(hidden < -20.0, "{name}: without exposure only {hidden}");
        }
    }
}
