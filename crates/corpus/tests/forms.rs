//! What was shown is known again in every form in which programs show text, and in any composition of them.

mod common;

use common::unshown;
use hallmark_corpus::{ReadOptions, Reader, TokenRecord, Tokenizer, encode};
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// A way in which a chat's front end, a tool or an export shows text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    CarriageReturns,
    Json,
    AsciiJson,
    HtmlEscaped,
    HtmlPage,
    Quoted,
    Bulleted,
    Numbered,
    ListedWithTab,
    UpperCase,
    LowerCase,
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
    Wrapped,
    OneLine,
    PercentEncoded,
    QuotedPrintable,
    CurlyQuotes,
    NoBreakSpaces,
    ZeroWidth,
    Coloured,
    Fenced,
}

const FORMS: [Form; 24] = {
    use Form::*;
    [
        CarriageReturns,
        Json,
        AsciiJson,
        HtmlEscaped,
        HtmlPage,
        Quoted,
        Bulleted,
        Numbered,
        ListedWithTab,
        UpperCase,
        LowerCase,
        Nfc,
        Nfd,
        Nfkc,
        Nfkd,
        Wrapped,
        OneLine,
        PercentEncoded,
        QuotedPrintable,
        CurlyQuotes,
        NoBreakSpaces,
        ZeroWidth,
        Coloured,
        Fenced,
    ]
};

impl Form {
    fn show(self, text: &str) -> String {
        let lines = |each: &dyn Fn(usize, &str) -> String| {
            let lines = text.split('\n').enumerate();
            let lines: Vec<String> = lines.map(|(at, line)| each(at + 1, line)).collect();
            lines.join("\n")
        };
        let escaped = || {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
            escaped.replace('>', "&gt;").replace('"', "&quot;")
        };
        match self {
            Self::CarriageReturns => text.replace('\n', "\r\n"),
            Self::Json => serde_json::json!({ "content": text }).to_string(),
            Self::AsciiJson => {
                let json = serde_json::Value::from(text).to_string();
                let units = json.chars().flat_map(|c| {
                    let units = c.encode_utf16(&mut [0; 2]).to_vec().into_iter();
                    units.map(|unit| match u8::try_from(unit) {
                        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                        _ => format!("\\u{unit:04x}"),
                    })
                });
                units.collect()
            }
            Self::HtmlEscaped => escaped(),
            Self::HtmlPage => format!(
                "<div class=\"m\"><p>{}</p></div>",
                escaped()
                    .replace("\n\n", "</p>\n<p>")
                    .replace('\n', "<br />")
            ),
            Self::Quoted => lines(&|_, line| format!("> {line}")),
            Self::Bulleted => lines(&|_, line| format!("* {line}")),
            Self::Numbered => lines(&|at, line| format!("{at}: {line}")),
            Self::ListedWithTab => lines(&|at, line| format!("{at:>6}\t{line}")),
            Self::UpperCase => text.to_uppercase(),
            Self::LowerCase => text.to_lowercase(),
            Self::Nfc => text.nfc().collect(),
            Self::Nfd => text.nfd().collect(),
            Self::Nfkc => text.nfkc().collect(),
            Self::Nfkd => text.nfkd().collect(),
            Self::Wrapped => {
                let mut column = 0;
                let wrapped = text.chars().map(|c| {
                    column = if c == '\n' { 0 } else { column + 1 };
                    if c == ' ' && column > 30 {
                        column = 0;
                        return '\n';
                    }
                    c
                });
                wrapped.collect()
            }
            Self::OneLine => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::PercentEncoded => text
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect(),
            Self::QuotedPrintable => {
                let mut shown = String::new();
                let mut column = 0;
                for byte in text.bytes() {
                    column += 1;
                    // Between letters of one byte; within characters only where nothing else is done.
                    if column > 60 && byte.is_ascii_alphabetic() {
                        shown.push_str("=\r\n");
                        column = 0;
                    }
                    match byte {
                        b' '..=b'~' if byte != b'=' => shown.push(char::from(byte)),
                        b'\n' => shown.push('\n'),
                        _ => shown.push_str(&format!("={byte:02X}")),
                    }
                }
                shown
            }
            Self::CurlyQuotes => text.replace('"', "\u{201d}").replace('\'', "\u{2019}"),
            Self::NoBreakSpaces => text.replace(' ', "\u{a0}"),
            Self::ZeroWidth => text.replace(' ', " \u{200b}"),
            Self::Coloured => lines(&|_, line| format!("\u{1b}[32m{line}\u{1b}[0m")),
            Self::Fenced => format!("```\n{text}\n```"),
        }
    }
}

static TOKENIZER: LazyLock<Tokenizer> =
    LazyLock::new(|| Tokenizer::built_in().expect("the built-in tokenizer"));

fn record(prompt: &str, response: &str) -> TokenRecord {
    let line = serde_json::json!({ "prompt": prompt, "response": response }).to_string();
    let reader = Reader::from_read("log.jsonl", Cursor::new(line), &ReadOptions::default());
    let mut records = encode(reader.expect("a log"), Some(&*TOKENIZER));
    records.next().expect("a record").expect("a good one")
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        12 => "[a-z]{1,9}",
        3 => "[A-Z][a-z]{1,7}",
        2 => "[0-9]{1,4}",
        1 => "[\u{e0}-\u{17f}]{1,6}",
        1 => "[\u{391}-\u{3a9}\u{3b1}-\u{3c9}]{2,6}",
        1 => "[\u{4e00}-\u{4e40}\u{ac00}-\u{ac20}]{1,4}",
        2 => prop::sample::select(vec![
            "x <= y", "a && b", "\"said\"", "it's", "f(x) = {y};", "\\nabla \\times", "**bold**", "- item", "100%",
            "C:\\new\\table", "</div>", "<b>", "&amp;", "Straße", "ﬁne", "10.5", "\u{1f600}", "e\u{301}t\u{e9}",
        ])
        .prop_map(str::to_owned),
    ];
    let gap = prop::sample::select(vec![
        " ", " ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "  ", ": ", "\n1. ", "\n\t",
    ]);
    prop::collection::vec((word, gap), 3..60).prop_map(|words| {
        words
            .into_iter()
            .flat_map(|(word, gap)| [word, gap.to_owned()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_text_is_known_again_in_any_composition_of_forms(
        text in text(),
        forms in prop::collection::vec(prop::sample::select(FORMS.to_vec()), 0..5),
        window in 1..5_usize,
    ) {
        // Where lines were joined, only counting tells a line's number from another.
        let numbered = forms.iter().position(|form| matches!(form, Form::Numbered | Form::ListedWithTab));
        let joined = numbered.is_some_and(|at| forms[at..].contains(&Form::OneLine));
        let no_digits = |c: char| if c.is_ascii_digit() { 'x' } else { c };
        let text: String = if joined { text.chars().map(no_digits).collect() } else { text };
        // A page is set as a page once: inside of another one's source it would break that one's tags.
        let mut pages = forms.iter().enumerate().filter(|(_, form)| **form == Form::HtmlPage);
        let page = pages.next().map(|(at, _)| at);
        let other = |(at, form): (usize, &Form)| match *form {
            Form::HtmlPage if Some(at) != page => Form::HtmlEscaped,
            form => form,
        };
        let forms: Vec<Form> = forms.iter().enumerate().map(other).collect();
        // Mail folds what it carries, and unfolds it before anyone sees it: always last.
        let mut forms = forms;
        forms.sort_by_key(|form| *form == Form::QuotedPrintable);
        let shown = forms.iter().fold(text.clone(), |shown, form| form.show(&shown));
        let record = record(&format!("Look at this:\n{shown}\nSay it again."), &text);
        prop_assert_eq!(unshown(&record, window), Vec::<usize>::new(), "{}", shown);
    }

    /// And by itself it does not take an answer of other words for shown.
    #[test]
    fn other_words_are_not_taken_for_shown(words in prop::collection::vec("[b-df-hj-np-tv-z]{4,9}", 20..40)) {
        let record = record("a e i o u", &words.join(" "));
        prop_assert_eq!(unshown(&record, 2).len(), record.tokens.len() - 2);
    }
}

/// Every form by itself, on one text of many kinds.
#[test]
fn every_form_is_undone() {
    let text = "The gate is shut at noon.\n\n1. \"Who\" shuts it?\n2. Straße, ﬁne, été: 42 < 43 && true\n\n\tC:\\new\\table {x: 1}\n";
    for form in FORMS {
        let record = record(&form.show(text), text);
        assert_eq!(unshown(&record, 1), Vec::<usize>::new(), "{form:?}");
    }
}

/// Ways in which other things come between the words of a passage.
#[derive(Clone, Copy, Debug)]
enum Between {
    Speakers,
    SecondColumn,
    Emphasis,
    Links,
    Notes,
}

impl Between {
    /// A passage of words with something after every `run` of them.
    fn show(self, words: &[String], run: usize) -> String {
        let runs = words.chunks(run).map(|run| run.join(" ")).enumerate();
        let shown = runs.map(|(at, run)| match self {
            Self::Speakers => format!(
                "{}: {run}\n",
                ["Ann", "Bertram", "Claire-Louise"][at * at % 3]
            ),
            Self::SecondColumn => format!("{run} | other column says {at} things\n"),
            Self::Emphasis => format!("\\textbf{{{run}}} \\index{{x{at}}}"),
            Self::Links => format!("[[Target {at} (page)|{run}]] "),
            Self::Notes => format!("{run}<sup>[{at}]</sup> "),
        });
        shown.collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A passage with other things between its words is known again whole, whatever they are.
    #[test]
    fn an_interrupted_passage_is_known_again(
        words in prop::collection::vec("[b-df-hj-np-tv-z]{4,9}", 24..60),
        between in prop::sample::select(vec![
            Between::Speakers, Between::SecondColumn, Between::Emphasis, Between::Links, Between::Notes,
        ]),
        run in 4..9_usize,
        window in 1..5_usize,
    ) {
        // The last run may be too short to be worth its interruption, and then it is reached all the same.
        let record = record(&between.show(&words, run), &words.join(" "));
        prop_assert_eq!(unshown(&record, window), Vec::<usize>::new());
    }
}
