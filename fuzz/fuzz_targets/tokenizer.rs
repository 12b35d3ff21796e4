//! A marking model's `tokenizer.json`: refused, or able to read any text and give it back as tokens below its size.
#![no_main]
use hallmark_corpus::Tokenizer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Tokenizer::from_json(bytes) {
        Ok(tokenizer) => {
            for text in ["", "The end.\n\n  It's 12,345 €", "\u{0}\u{fffd}\u{1f600}e\u{301}"] {
                let tokens = tokenizer.encode(text);
                assert!(tokens.iter().all(|&token| token < tokenizer.vocab_size()));
                let _ = tokenizer.decode(&tokens);
            }
            let _ = tokenizer.decode(&[0, 1, u32::MAX]);
        }
        Err(error) => drop(error.to_string()),
    }
});
