//! What the mark costs at the end of a chain, against `dist` in its place: one run, the same rows, steps in turn.
//!
//!     cargo run --release --example against-dist -- [STEPS]
//!
//! 131,072 candidates, top-k 40, temperature 0.8, then the last sampler. A step fills the array of candidates from a row of
//! logits, as `llama_sampler_sample` does, applies the chain and accepts a token, another one at each step, so that every
//! position carries the mark: the dearest case. On each row both chains do one step that is not measured and then two that
//! are, in the order ABBA or BAAB by turns; a row's difference is that of the two means. What is printed are medians over
//! rows, with 95% intervals from order statistics.

use std::time::Instant;

use hallmark_core::keys::RootKey;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_llama_cpp::{Sampler, report};
use llama_cpp_sys_2 as llama;
use llama_cpp_sys_2::{llama_sampler, llama_token, llama_token_data, llama_token_data_array};

const VOCABULARY: usize = 131_072;
const ROWS: usize = 16;
const SEED: u32 = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let steps = std::env::args()
        .nth(1)
        .map_or(Ok(2000), |text| text.parse::<usize>())?;
    let rows: Vec<Vec<f32>> = (0..ROWS).map(row).collect();
    println!(
        "{VOCABULARY} candidates, top-k 40, temperature 0.8; {steps} rows; µs a step, median [95% interval]"
    );
    println!(
        "| last sampler | marked steps | whole step | step of dist beside it | difference | share |"
    );
    println!("|---|---|---|---|---|---|");
    // SAFETY: each chain is new, used by this thread, and freed once.
    unsafe {
        let plain = || llama::llama_sampler_init_dist(SEED);
        compare("dist again", plain(), plain(), &rows, steps);
        compare(
            "without a marker",
            Sampler::unmarked(SEED).into_raw(),
            plain(),
            &rows,
            steps,
        );
        for scheme in ["gumbel", "dual-gumbel", "green", "tournament"] {
            let marker = mark(scheme)?.marker(&[])?;
            compare(
                scheme,
                Sampler::new(marker, SEED).into_raw(),
                plain(),
                &rows,
                steps,
            );
        }
    }
    Ok(())
}

/// Takes both samplers, each into a chain.
unsafe fn compare(
    name: &str,
    last: *mut llama_sampler,
    plain: *mut llama_sampler,
    rows: &[Vec<f32>],
    steps: usize,
) {
    let mut candidates = vec![
        llama_token_data {
            id: 0,
            logit: 0.0,
            p: 0.0
        };
        VOCABULARY
    ];
    // SAFETY: as the caller promises.
    let chains = unsafe { [chain(last), chain(plain)] };
    let mut micros = [Vec::with_capacity(steps), Vec::with_capacity(steps)];
    let mut accepted = [0; 2];
    for number in 0..steps + steps / 10 {
        let row = &rows[number % ROWS];
        let mut passed = [0.0; 2];
        for (turn, which) in [0, 1, 0, 1, 1, 0].into_iter().enumerate() {
            let which = (which + number) % 2;
            accepted[which] += 1;
            let started = Instant::now();
            // SAFETY: the chain is alive.
            unsafe { step(chains[which], row, &mut candidates, accepted[which]) };
            if turn > 1 {
                passed[which] += started.elapsed().as_secs_f64() * 1e6 / 2.0;
            }
        }
        // The first tenth warms up.
        if number >= steps / 10 {
            micros[0].push(passed[0]);
            micros[1].push(passed[1]);
        }
    }
    // SAFETY: the chains are alive, and freed once.
    let marked = unsafe {
        let report = report(chains[0]).unwrap_or_default();
        assert_eq!(report.failed, 0, "{report:?}");
        chains
            .into_iter()
            .for_each(|chain| llama::llama_sampler_free(chain));
        100.0 * report.marked as f64 / f64::from(accepted[0])
    };
    let [ours, theirs] = micros;
    let differences: Vec<f64> = ours
        .iter()
        .zip(&theirs)
        .map(|(ours, theirs)| ours - theirs)
        .collect();
    let (whole, beside, difference) = (median(ours), median(theirs), median(differences));
    let [low, share, high] =
        [difference.1, difference.0, difference.2].map(|cost| 100.0 * cost / beside.0);
    println!(
        "| {name} | {marked:.1}% | {} | {} | {} | {share:+.2}% [{low:+.2}, {high:+.2}] |",
        shown(whole),
        shown(beside),
        shown(difference)
    );
}

fn shown((median, low, high): (f64, f64, f64)) -> String {
    format!("{median:.2} [{low:.2}, {high:.2}]")
}

/// The median, and order statistics that hold it with a probability of 95%: the binomial's, by its normal approximation.
fn median(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let (count, half) = (values.len() as f64, values.len() / 2);
    let reach = (0.98 * count.sqrt()).ceil() as usize;
    (
        values[half],
        values[half.saturating_sub(reach)],
        values[(half + reach).min(values.len() - 1)],
    )
}

unsafe fn chain(last: *mut llama_sampler) -> *mut llama_sampler {
    // SAFETY: the samplers are new and go into this chain only.
    unsafe {
        let chain = llama::llama_sampler_chain_init(llama::llama_sampler_chain_default_params());
        llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_top_k(40));
        llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_temp(0.8));
        llama::llama_sampler_chain_add(chain, last);
        chain
    }
}

unsafe fn step(
    chain: *mut llama_sampler,
    row: &[f32],
    candidates: &mut [llama_token_data],
    accepted: llama_token,
) {
    for (id, (candidate, &logit)) in candidates.iter_mut().zip(row).enumerate() {
        *candidate = llama_token_data {
            id: id as llama_token,
            logit,
            p: 0.0,
        };
    }
    let mut array = llama_token_data_array {
        data: candidates.as_mut_ptr(),
        size: candidates.len(),
        selected: -1,
        sorted: false,
    };
    // SAFETY: the array describes the slice, the chain is alive, and it selects one of `size` candidates at `data`.
    unsafe {
        llama::llama_sampler_apply(chain, &raw mut array);
        std::hint::black_box((*array.data.add(array.selected as usize)).id);
        llama::llama_sampler_accept(chain, accepted);
    }
}

fn mark(scheme: &str) -> Result<Mark, Box<dyn std::error::Error>> {
    let parameters = match scheme {
        "green" => "[green]\ngamma = 0.5\ndelta = 2.0\n",
        "tournament" => "[tournament]\nlayers = 30\n",
        _ => "",
    };
    let profile = Profile::parse(&format!(
        "hallmark = 1\nname = \"cost\"\nscheme = \"{scheme}\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
         [tokenizer]\nvocab_size = {VOCABULARY}\n{parameters}"
    ))?;
    Ok(Mark::new(
        &profile,
        &RootKey::from_bytes([1; 32]).default_cohort().into(),
    )?)
}

/// Logits with a tail as a model's: minus the logarithm of a uniform number, in nats.
fn row(number: usize) -> Vec<f32> {
    let mut state = 1 + number as u64;
    let each = (0..VOCABULARY).map(|_| {
        // Knuth's MMIX generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let uniform = ((state >> 40) as f32 + 0.5) / (1u64 << 24) as f32;
        -uniform.ln()
    });
    each.collect()
}
