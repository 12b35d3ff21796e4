//! Stretches of tokens as bytes of the text.

use hallmark_corpus::Tokenizer;

const KINDS: [&str; 2] = [
    include_str!("data/byte-level.json"),
    include_str!("data/metaspace.json"),
];

const TEXT: &str =
    "The quick brown fox, naïve, said: 10 € 日本語 \u{1f98a}\u{1f98a}! And then it left.";

/// Every boundary between tokens stands on a character, boundaries never go back, and all stretches together are the text.
#[test]
fn stretches_of_tokens_tile_the_text() {
    for json in KINDS {
        let tokenizer = Tokenizer::from_json(json.as_bytes()).unwrap();
        let tokens = tokenizer.encode(TEXT);
        let ranges: Vec<_> = (0..tokens.len()).map(|i| i..i + 1).collect();
        let (text, bytes) = tokenizer.stand(&tokens, &ranges).unwrap();
        assert_eq!(text, TEXT);
        assert_eq!(
            (bytes[0].start, bytes[bytes.len() - 1].end),
            (0, TEXT.len())
        );
        for (i, range) in bytes.iter().enumerate() {
            assert!(text.get(range.clone()).is_some(), "{i}: {range:?}");
            // A character of several tokens is part of each.
            assert!(i == 0 || range.start <= bytes[i - 1].end, "{i}: {range:?}");
            assert!(
                i == 0 || range.start >= bytes[i - 1].start,
                "{i}: {range:?}"
            );
        }
        let word = TEXT.find("naïve").unwrap();
        let covering: Vec<_> = (0..tokens.len())
            .filter(|&i| bytes[i].end > word && bytes[i].start < word + 6)
            .collect();
        let stretch = covering[0]..covering[covering.len() - 1] + 1;
        let (_, found) = tokenizer.stand(&tokens, &[stretch]).unwrap();
        assert!(text[found[0].clone()].contains("naïve"));
    }
}

#[test]
fn tokens_that_are_no_tokenisation_of_their_text_have_no_place() {
    let tokenizer = Tokenizer::from_json(KINDS[0].as_bytes()).unwrap();
    let mut tokens = tokenizer.encode("hello hello");
    assert!(tokenizer.stand(&tokens, &[]).is_some());
    tokens.push(tokenizer.vocab_size() + 5);
    assert_eq!(tokenizer.stand(&tokens, &[]), None);
}
