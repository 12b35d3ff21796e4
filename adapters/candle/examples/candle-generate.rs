//! Answers prompts with a GGUF model in candle, marked, as JSON lines for `hallmark detect`.
//!
//!     cargo run --release --example candle-generate -- MODEL KEY PROFILE PROMPTS COUNT TOKENS TOKENIZER > answers.jsonl
//!
//! A KEY of `-` leaves the answers unmarked. Top-k 40 at temperature 0.8. Says on stderr how fast it was.

#[path = "../../common/inputs.rs"]
mod inputs;

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use candle_core::quantized::gguf_file;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_llama::ModelWeights;
use hallmark_candle::{LogitsProcessor, Sampling};
use inputs::{Arguments, chat, record};
use tokenizers::Tokenizer;

const SEED: u64 = 20_26;
const END: &str = "<|im_end|>";

fn main() -> Result<(), Box<dyn Error>> {
    let (
        Arguments {
            model,
            mark,
            requests,
            tokens,
        },
        rest,
    ) = inputs::arguments()?;
    let [tokenizer] = &rest[..] else {
        return Err("name the model's tokenizer.json last".into());
    };
    let tokenizer = Tokenizer::from_file(tokenizer).map_err(|error| error.to_string())?;
    let end = tokenizer
        .token_to_id(END)
        .ok_or("the tokenizer has no token <|im_end|>")?;
    let mut file = BufReader::new(File::open(model)?);
    let content = gguf_file::Content::read(&mut file)?;
    let mut model = ModelWeights::from_gguf(content, &mut file, &Device::Cpu)?;

    let (mut made, mut marked, started) = (0, 0, Instant::now());
    for (number, request) in requests.iter().enumerate() {
        let prompt = tokenizer
            .encode(chat(&request.prompt), false)
            .map_err(|error| error.to_string())?;
        let sampling = Sampling::TopK {
            k: 40,
            temperature: 0.8,
        };
        let mut sampler = LogitsProcessor::from_sampling(SEED + number as u64, sampling);
        if let Some(mark) = &mark {
            sampler = sampler.marked_by(mark.marker_with_capacity(prompt.get_ids(), tokens)?);
        }
        let mut answer = Vec::with_capacity(tokens);
        let mut input = prompt.get_ids().to_vec();
        // The model forgets the request before when a sequence begins at position 0.
        let mut position = 0;
        while answer.len() < tokens {
            let batch = Tensor::new(&input[..], &Device::Cpu)?.unsqueeze(0)?;
            let logits = model.forward(&batch, position)?.squeeze(0)?;
            position += input.len();
            let open = sampler.is_open();
            let token = sampler.sample(&logits)?;
            marked += usize::from(open);
            if token == end {
                break;
            }
            answer.push(token);
            input = vec![token];
        }
        made += answer.len();
        let text = tokenizer
            .decode(&answer, false)
            .map_err(|error| error.to_string())?;
        println!("{}", record(request, &text, &answer));
    }
    let (answers, rate) = (
        requests.len(),
        made as f64 / started.elapsed().as_secs_f64(),
    );
    eprintln!(
        "{answers} answers, {made} tokens, {marked} steps under the mark, {rate:.1} tokens/s with prompts"
    );
    Ok(())
}
