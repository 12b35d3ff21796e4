//! Answers of one chat: what each shares with those before it is compared once, and nothing of what was shown with it is lost by that.

mod common;

use common::unshown;
use hallmark_corpus::{Piece, ReadOptions, Reader, TokenRecord, Tokenizer, encode};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::LazyLock;

static TOKENIZER: LazyLock<Tokenizer> =
    LazyLock::new(|| Tokenizer::built_in().expect("the built-in tokenizer"));

fn encoded(record: &Value, all_turns: bool) -> Vec<TokenRecord> {
    let options = ReadOptions {
        all_turns,
        ..ReadOptions::default()
    };
    let reader = Reader::from_read("log.jsonl", Cursor::new(record.to_string()), &options);
    let records = encode(reader.expect("a log"), Some(&*TOKENIZER));
    records.map(|record| record.expect("a good one")).collect()
}

/// A chat whose turns are made of few words, so that they repeat each other, and the same cut behind each of its answers.
fn chat(turns: &[(u8, String)]) -> (Value, Vec<Value>) {
    let turn = |(role, text): &(u8, String)| match role {
        0 => json!({"role": "user", "content": text}),
        1 => json!({"role": "assistant", "content": text}),
        2 => json!({"role": "assistant", "reasoning": text, "content": text.to_uppercase()}),
        3 => {
            json!({"role": "tool", "content": [{"type": "text", "text": text}, {"type": "text", "text": "and"}]})
        }
        _ => json!({"role": "system", "content": text}),
    };
    let mut messages = vec![json!({"role": "user", "content": "What of the gate?"})];
    messages.extend(turns.iter().map(turn));
    messages.push(json!({"role": "assistant", "content": "Nobody came at noon."}));
    let record = |messages: &[Value]| json!({"note": "as the keeper says", "messages": messages});
    // What a system says is shown with all answers.
    let is = |turn: &Value, role: &str| turn["role"] == role;
    let cut = (0..messages.len()).filter(|&at| is(&messages[at], "assistant"));
    let cut = cut.map(|at| {
        let behind = messages[at + 1..].iter().filter(|turn| is(turn, "system"));
        let before = behind.chain(&messages[..=at]).cloned();
        record(&before.collect::<Vec<_>>())
    });
    let cut = cut.collect();
    (record(&messages), cut)
}

fn turns(words: &'static str) -> impl Strategy<Value = Vec<(u8, String)>> {
    let words: Vec<&str> = words.split(' ').collect();
    let text = prop::collection::vec(prop::sample::select(words), 1..14);
    let text = text.prop_map(|words| words.join(" "));
    prop::collection::vec((0_u8..5, text), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
    /// Each answer of a chat is left no more than the same answer at the end of a chat that is cut behind it.
    #[test]
    fn an_answer_is_left_no_more_than_alone(turns in prop_oneof![
        turns("gate shut noon the"),
        turns("the gate is shut at noon and nobody came but -- !! the keeper who said so"),
    ]) {
        let within = |together: &[usize], alone: &[usize]| together.iter().all(|at| alone.contains(at));
        each_with_itself_alone(&turns, &[1, 2, 4, 7], within)?;
    }

    /// And as much, where no passage is there by chance.
    #[test]
    fn an_answer_is_left_as_much_as_alone(first in rare_turns(), again in rare_turns()) {
        // Each turn of the first half is told again in the second, with words of its own.
        let told = first.iter().zip(&again).map(|((_, told), (role, text))| (*role, format!("{text} {told} {text}")));
        let turns: Vec<(u8, String)> = first.iter().cloned().chain(told).collect();
        each_with_itself_alone(&turns, &[4, 7], |together, alone| together == alone)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    /// Where the turns' times contradict their order, every turn but its own was shown with an answer: no more is left of it than beside all
    /// others, and as much where no passage is there by chance.
    #[test]
    fn in_any_order_an_answer_is_shown_all_others(turns in rare_turns(), told in any::<u8>(), long in any::<bool>()) {
        let mut texts: Vec<(u8, String)> = turns;
        texts.extend([(0, "seven lamps hang here today".to_owned()), (1, "nobody lit them since then".to_owned())]);
        // One turn is told again in another.
        let (from, to) = (usize::from(told) % texts.len(), usize::from(told / 16) % texts.len());
        let again = texts[from].1.clone();
        texts[to].1 += &format!(" {again} yes");
        if long {
            let filler: String = (0..1200).map(|word| format!("f{word} ")).collect();
            texts[from].1 += &filler;
        }
        texts.push((0, "what now".to_owned()));
        let times = |at: usize| [5, 9, 2, 7][at % 4] + 10 * (at / 4);
        let turn = |(at, (role, text)): (usize, &(u8, String))| {
            let role = if *role == 1 { "assistant" } else { "user" };
            json!({"role": role, "content": text, "created_at": times(at)})
        };
        let messages: Vec<Value> = texts.iter().enumerate().map(turn).collect();
        let together = encoded(&json!({"messages": messages}), true);
        let own = |turn: &Value| turn["role"] == "assistant";
        let places: Vec<usize> = (0..messages.len()).filter(|&at| own(&messages[at])).collect();
        prop_assert_eq!(together.len(), places.len());
        for (together, at) in together.iter().zip(places) {
            let mut alone = messages.clone();
            let answer = alone.remove(at);
            alone.push(answer);
            for turn in &mut alone {
                turn.as_object_mut().unwrap().remove("created_at");
            }
            let alone = encoded(&json!({"messages": alone}), false);
            prop_assert_eq!(&together.tokens, &alone[0].tokens);
            for window in [4, 7] {
                prop_assert_eq!(unshown(together, window), unshown(&alone[0], window), "{} {:?}", window, messages);
            }
        }
    }
}

/// A table of empty cells between a passage and its copy, and calls by the hundred in one turn: nothing of what stands before is lost.
#[test]
fn strings_of_no_length_hide_nothing() {
    let told = "The harbour lights were out before the pilot could answer them again, they say.";
    let turn = |role: &str, content: &str| json!({"role": role, "content": content});
    let rows: Vec<Vec<String>> = (0..740)
        .map(|row| [vec![format!("x{row}")], vec![String::new(); 9]].concat())
        .collect();
    let table = json!({"role": "tool", "content": "table", "rows": rows});
    let empties = json!({"role": "tool", "content": vec![""; 10_000]});
    let calls: Vec<Value> = (0..300).map(|call| json!({"id": format!("c{call}"), "type": "function", "function": {"name": "f", "arguments": format!("{{\"a\": {call}}}")}})).collect();
    let calls = json!({"role": "assistant", "content": "so", "tool_calls": calls});
    for between in [table, empties, calls] {
        let messages = [
            turn("user", told),
            turn("assistant", "Of course."),
            between,
            turn("assistant", told),
        ];
        let records = encoded(&json!({"messages": messages}), true);
        assert_eq!(unshown(records.last().unwrap(), 2), [0_usize; 0]);
    }
}

/// What stood side by side in a record is one passage: a prompt and the turns, an answer's turn and what a system says behind it, that and a field.
#[test]
fn what_stands_side_by_side_is_told_in_one() {
    let told = "The harbour lights were out before the pilot could answer them again, they say.";
    let (one, two) = told.split_at(30);
    let fill = |seed: usize| -> String {
        (0..2500)
            .map(|word| format!("{} ", (word * 7919 + seed * 104_729) % 99_991))
            .collect()
    };
    let turn = |role: &str, content: &str| json!({"role": role, "content": content});
    let (user, own) = (
        |text: &str| turn("user", text),
        |text: &str| turn("assistant", text),
    );
    for record in [
        json!({"context": one, "prompt": two, "messages": [user(&fill(1)), own("so"), user(&fill(2)), own(told)]}),
        json!({"prompt": one, "messages": [user(two), own("so"), user(&fill(1)), own("ok"), user(&fill(2)), own(told)]}),
        json!({"messages": [user(one), own(told), turn("system", two), user("go"), own("zz yy")]}),
        json!({"messages": [user("go"), own(told), own("zz yy"), turn("system", one)], "note": two}),
    ] {
        let records = encoded(&record, true);
        let copy = records
            .iter()
            .max_by_key(|record| record.tokens.len())
            .unwrap();
        assert_eq!(unshown(copy, 2), [0_usize; 0], "{:.60}", record.to_string());
    }
}

fn rare_turns() -> impl Strategy<Value = Vec<(u8, String)>> {
    let text = prop::collection::vec("[a-z]{3,7}[0-9]{2}", 1..9).prop_map(|words| words.join(" "));
    prop::collection::vec((0_u8..2, text), 0..7)
}

fn each_with_itself_alone(
    turns: &[(u8, String)],
    windows: &[usize],
    holds: impl Fn(&[usize], &[usize]) -> bool,
) -> Result<(), TestCaseError> {
    let (whole, cut) = chat(turns);
    let together = encoded(&whole, true);
    prop_assert_eq!(together.len(), cut.len());
    for (together, cut) in together.iter().zip(&cut) {
        let alone = encoded(cut, false);
        prop_assert_eq!(&together.tokens, &alone[0].tokens);
        for &window in windows {
            let (together, alone) = (unshown(together, window), unshown(&alone[0], window));
            prop_assert!(
                holds(&together, &alone),
                "{together:?} {alone:?} {window} {cut}"
            );
        }
    }
    Ok(())
}

/// Turns longer than what is told again before each place: what lies over the end of one and the beginning of the next is known.
#[test]
fn what_was_cut_between_turns_is_known_however_long_they_are() {
    let filler = |seed: usize| -> String {
        (0..3000)
            .map(|word| format!("{} ", (word * 7919 + seed * 104_729) % 99_991))
            .collect()
    };
    let parts = [
        "The harbour lights were",
        " out before the pilot",
        " could answer them again.",
    ];
    let told = parts.concat();
    let mut messages = vec![];
    for at in 0..3 {
        let begin = if at > 0 { parts[at] } else { "" };
        let end = if at < 2 { parts[at] } else { "" };
        // The middle part is whole in a turn of its own.
        let text = match at {
            0 => format!("{}{end}", filler(0)),
            1 => parts[1].to_owned(),
            _ => format!("{begin}{}", filler(2)),
        };
        messages.push(json!({"role": "user", "content": text}));
        if at == 0 {
            continue;
        }
    }
    for more in 3..9 {
        messages.push(json!({"role": "user", "content": filler(more)}));
        messages.push(json!({"role": "assistant", "content": told}));
    }
    let records = encoded(&json!({"messages": messages}), true);
    assert_eq!(records.len(), 6);
    for record in records {
        assert_eq!(unshown(&record, 4), [0_usize; 0]);
    }
}

/// The provider's names and sizes do not count: a chat of many answers is read in one piece, whatever each was shown.
#[test]
fn answers_share_what_they_were_shown() {
    let turn = |at: usize| {
        let text: String = (0..300)
            .map(|word| format!("w{} ", at * 1000 + word))
            .collect();
        let role = if at.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        };
        json!({"role": role, "content": text})
    };
    let messages: Vec<Value> = (0..400).map(turn).collect();
    let records = encoded(&json!({"messages": messages}), true);
    assert_eq!(records.len(), 200);
    let own: usize = records
        .iter()
        .flat_map(|record| &record.exposure)
        .map(Vec::len)
        .sum();
    let all: usize = records.iter().map(|record| record.tokens.len()).sum();
    assert!(
        own < 40 * all,
        "{own} tokens of exposure beside {all} of answers"
    );
    let digests: Vec<[u8; 32]> = records
        .iter()
        .map(|record| record.earlier.as_ref().unwrap().digest())
        .collect();
    assert!((1..digests.len()).all(|at| digests[at] != digests[at - 1]));
}

/// What examinations compare with the provider's log: each answer's own words are none that it was shown, and of one chat all others are told once.
#[test]
fn an_answer_is_not_shown_to_itself() {
    let turn = |role: &str, content: &str| json!({"role": role, "content": content});
    let call = json!({"role": "assistant", "content": "I look.", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{\"place\": \"the river\"}"}}]});
    let ordered = [
        turn("user", "What of the gate?"),
        turn("assistant", "It is teal."),
        turn("user", "And then?"),
        call,
        json!({"role": "tool", "tool_call_id": "c", "content": "shut"}),
        turn("assistant", "Nobody came."),
    ];
    let mut doubted = ordered.clone();
    for (at, turn) in doubted.iter_mut().enumerate() {
        turn["created_at"] = json!([5, 9, 2, 7, 1, 8][at]);
    }
    for (messages, is_ordered) in [(&ordered, true), (&doubted, false)] {
        let records = encoded(&json!({"messages": messages}), true);
        assert_eq!(records.len(), 4);
        let mut last = None;
        let mut all = String::new();
        for (record, own) in records
            .iter()
            .zip(["teal", "I look", "the river", "Nobody"])
        {
            let earlier = record.earlier.as_ref().unwrap();
            let texts = |pieces: Vec<Piece>| {
                pieces
                    .iter()
                    .filter_map(Piece::text)
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            let shown = texts(earlier.since(None));
            assert!(!shown.contains(own), "{own}: {shown}");
            assert!(
                shown.contains("What of the gate?")
                    && shown.contains("Nobody came") != (is_ordered || own == "Nobody")
            );
            let new = texts(earlier.since(last));
            assert!(!new.contains(own), "{own}: {new}");
            all += &new;
            last = Some(earlier);
        }
        for text in [
            "What of the gate?",
            "It is teal.",
            "And then?",
            "I look.",
            "the river",
            "shut",
        ] {
            assert!(all.contains(text), "{text}");
        }
    }
}
