//! Real text that nobody marked, dressed up and normalised, under many random keys: the map looks at no key, so p-values stay uniform.

use crate::common::{deviation, mean, profile, random_marks};
use hallmark_core::schemes::Scheme;
use hallmark_corpus::normalise::normalise;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::dedup::DedupKind;
use hallmark_detector::statistic::plain;
use hallmark_lab::assets::{self, Split};
use rayon::prelude::*;

/// Keys for each dress. The sample deviation of 600 standard normal values is within 0.15 of 1 but for a chance below 1e-6.
const KEYS: u32 = 600;

/// What programs do to text.
type Dress = fn(&str) -> String;

const DRESSES: [(&str, Dress); 4] = [
    ("as it is", |text| text.to_owned()),
    ("non-breaking", |text| {
        text.replace(' ', "\u{a0}").replace('\'', "\u{2019}")
    }),
    ("invisible", |text| {
        text.replace("th", "t\u{200b}h").replace('e', "e\u{ad}")
    }),
    ("escaped", |text| {
        let text = text.replace('\'', "&#39;").replace(' ', "&nbsp;");
        text.replace('\n', "\r\n").replace("...", "\u{2026}")
    }),
];

/// For each α the count of p ≤ α among 600 keys is Binomial(600, α) at most; the bounds are its quantiles at 1e-6, so one of the
/// 8 settings fails by chance once in about 30,000 runs with new seeds. Undone, every dress gives back the tokens of the text.
#[test]
fn p_values_of_normalised_text_are_uniform() {
    let tokenizer = assets::tokenizer().unwrap();
    let corpus = assets::corpus().unwrap();
    let texts: Vec<&str> = corpus
        .iter()
        .filter(|document| document.split != Split::Train)
        .flat_map(|document| document.text.split("\n\n"))
        .filter(|speech| speech.len() > 60)
        .collect();
    let mut plain_tokens = None;
    for (dress, dressed) in DRESSES {
        let tokens: Vec<Vec<u32>> = texts
            .par_iter()
            .map(|text| tokenizer.encode(&normalise(&dressed(text)).0))
            .collect();
        let plain_tokens = plain_tokens.get_or_insert_with(|| tokens.clone());
        assert!(tokens == *plain_tokens, "{dress}: other tokens");
        for scheme in [Scheme::GUMBEL, Scheme::green(0.25, 2.0)] {
            let profile = profile(scheme, 2);
            let mut raw = RawCells::new(2);
            for document in &tokens {
                raw.push(document, Exposure::NOTHING).unwrap();
            }
            let mut dedup = DedupKind::Compact.build(2);
            let cells = raw.fresh().distinct(&mut *dedup).unwrap();
            assert!(cells.len() > 10_000, "{} cells", cells.len());
            let seed = 41 + dress.len() as u8;
            let log10_ps: Vec<f64> = random_marks(&profile, KEYS, seed)
                .par_iter()
                .map(|mark| {
                    let sum = cells.score(&**mark.reading());
                    let p = plain::p_value(mark.law(), cells.len() as u64, sum).unwrap();
                    10_f64.powf(p.value())
                })
                .collect();
            let name = format!("{dress}, {}", scheme.id());
            // Uniform: mean 1/2, deviation 1/√12; five standard errors of each.
            assert!((mean(&log10_ps) - 0.5).abs() < 0.06, "{name}");
            assert!((deviation(&log10_ps) - 0.2887).abs() < 0.04, "{name}");
            for (alpha, most) in [(0.1, 98), (0.05, 59), (0.01, 21)] {
                let found = log10_ps.iter().filter(|&&p| p <= alpha).count();
                assert!(
                    found <= most,
                    "{name}: {found} of {KEYS} at or below {alpha}"
                );
            }
        }
    }
}
