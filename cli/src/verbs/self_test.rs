//! `self-test`: golden vectors, and false alarms on real text.

use super::mark;
use crate::args::SelfTestArgs;
use crate::failure::Outcome;
use crate::output::Output;
use crate::progress::Progress;
use hallmark::json::{VERSION, formats};
use hallmark::{Exit, tokenizers};
use hallmark_core::golden;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Scheme;
use hallmark_core::simd::Lanes;
use hallmark_detector::cells::{Exposure, RawCells};
use hallmark_detector::null_simulation::{self, Calibration};
use hallmark_lab::assets::{self, Split};
use serde::{Deserialize, Serialize};

/// The result of `self-test`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SelfTest {
    schema: formats::SelfTest,
    version: String,
    passed: bool,
    /// Golden vectors on each vector unit of this machine.
    vectors: Vec<Vectors>,
    /// Real text that is not marked, under random keys.
    null: Vec<Null>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Vectors {
    lanes: String,
    checked: usize,
    wrong: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Null {
    scheme: String,
    window: usize,
    calibration: Calibration,
    passed: bool,
}

/// Bytes of real text that the simulation reads: about 100,000 tokens.
const TEXT_BYTES: usize = 300_000;

pub(crate) fn run(args: &SelfTestArgs, output: &Output) -> Outcome {
    let vectors: Vec<Vectors> = Lanes::available()
        .map(|lanes| {
            let golden::Outcome { checked, wrong } = golden::check(lanes);
            Vectors {
                lanes: lanes.name().to_owned(),
                checked,
                wrong,
            }
        })
        .collect();
    let null = simulate(args.keys, output)?;
    let passed = vectors.iter().all(|v| v.wrong == 0) && null.iter().all(|n| n.passed);
    let result = SelfTest {
        schema: formats::SelfTest,
        version: VERSION.to_owned(),
        passed,
        vectors,
        null,
    };
    output.result(|| text(&result), &result, &result.null)?;
    Ok(if passed { Exit::Done } else { Exit::Integrity })
}

fn simulate(keys: u32, output: &Output) -> Outcome<Vec<Null>> {
    let tokenizer = assets::tokenizer().map_err(|error| mark::failure(&error))?;
    let corpus = assets::corpus().map_err(|error| mark::failure(&error))?;
    let mut left = TEXT_BYTES;
    let texts: Vec<Vec<u32>> = corpus
        .iter()
        .filter(|document| document.split != Split::Train)
        .flat_map(|document| document.text.split("\n\n"))
        .take_while(|speech| {
            left = left.saturating_sub(speech.len());
            left > 0
        })
        .map(|speech| tokenizer.encode(speech))
        .collect();
    let settings = [
        (Scheme::GUMBEL, 1),
        (Scheme::GUMBEL, 2),
        (Scheme::DUAL_GUMBEL, 2),
        (Scheme::green(0.25, 2.0), 2),
        (Scheme::tournament(32), 2),
    ];
    let mut progress = Progress::new(output, "null simulation", Some(settings.len() as u64));
    let mut null = vec![];
    for (done, (scheme, window)) in settings.into_iter().enumerate() {
        let tokenizer = tokenizers::built_in_ref()?;
        let profile = Profile {
            name: "self-test".to_owned(),
            scheme,
            window,
            ring: 1,
            tokenizer,
        };
        let mut raw = RawCells::new(window);
        for tokens in &texts {
            raw.push(tokens, Exposure::NOTHING)?;
        }
        let calibration = null_simulation::simulate(&profile, &raw, keys, 0)?;
        null.push(Null {
            scheme: scheme.id().to_owned(),
            window,
            passed: calibration.holds(),
            calibration,
        });
        progress.set(done as u64 + 1);
    }
    Ok(null)
}

fn text(result: &SelfTest) -> String {
    let mut text = format!("hallmark {}\n", result.version);
    for Vectors {
        lanes,
        checked,
        wrong,
    } in &result.vectors
    {
        text.push_str(&format!(
            "golden vectors, {lanes:9} {checked} checked, {wrong} wrong\n"
        ));
    }
    for Null {
        scheme,
        window,
        calibration,
        passed,
    } in &result.null
    {
        text.push_str(&format!(
            "null, {scheme:12} h = {window}  spread of z {:.3}, mean {:+.3}; p ≤ 0.05 for {} of {} keys: {}\n",
            calibration.z_deviation,
            calibration.z_mean,
            calibration.at_most_5_percent,
            calibration.keys,
            if *passed { "as it should be" } else { "WRONG" }
        ));
    }
    text.push_str(if result.passed {
        "passed\n"
    } else {
        "FAILED: do not use this program\n"
    });
    text
}
