//! Answers prompts with a GGUF model through llama.cpp, marked, as JSON lines for `hallmark detect`.
//!
//!     cargo run --release --example llama-generate -- MODEL KEY PROFILE PROMPTS COUNT TOKENS > answers.jsonl
//!
//! A KEY of `-` leaves the answers unmarked. The chain is top-k 40, temperature 0.8, then the mark. Says on stderr how fast it was.

#[path = "../../common/inputs.rs"]
mod inputs;
#[path = "llama-generate/model.rs"]
mod model;

use std::error::Error;
use std::time::Instant;

use hallmark_llama_cpp::{Sampler, report};
use inputs::{Arguments, chat, record};
use llama_cpp_sys_2 as llama;
use model::Model;

const SEED: u32 = 20_26;

fn main() -> Result<(), Box<dyn Error>> {
    let (
        Arguments {
            model,
            mark,
            requests,
            tokens,
        },
        _,
    ) = inputs::arguments()?;
    let model = Model::load(&model)?;
    let (mut marked, mut made, started) = (0, 0, Instant::now());
    for (number, request) in requests.iter().enumerate() {
        let prompt = model.tokens(&chat(&request.prompt))?;
        let seed = SEED + number as u32;
        let last = match &mark {
            Some(mark) => {
                let prompt: Vec<u32> = prompt.iter().map(|&token| token as u32).collect();
                Sampler::new(mark.marker_with_capacity(&prompt, tokens)?, seed)
            }
            None => Sampler::unmarked(seed),
        };
        // SAFETY: each sampler is added to one chain, which owns it from then on; the chain is freed once.
        let (answer, report) = unsafe {
            let chain =
                llama::llama_sampler_chain_init(llama::llama_sampler_chain_default_params());
            llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_top_k(40));
            llama::llama_sampler_chain_add(chain, llama::llama_sampler_init_temp(0.8));
            llama::llama_sampler_chain_add(chain, last.into_raw());
            let answer = model.answer(prompt, chain, tokens);
            let report = report(chain).unwrap_or_default();
            llama::llama_sampler_free(chain);
            (answer?, report)
        };
        if let Some(error) = report.last_error {
            eprintln!(
                "{}: {} steps are not marked as asked: {error}",
                request.id, report.failed
            );
        }
        marked += report.marked;
        made += answer.len();
        let ids: Vec<u32> = answer.iter().map(|&token| token as u32).collect();
        println!("{}", record(request, &model.text(&answer)?, &ids));
    }
    let seconds = started.elapsed().as_secs_f64();
    let (answers, rate) = (requests.len(), made as f64 / seconds);
    eprintln!(
        "{answers} answers, {made} tokens, {marked} steps under the mark, {rate:.1} tokens/s with prompts"
    );
    Ok(())
}
