//! The terminal's text, the page, the Markdown and the JSON say the same of one result.

use super::detect_text;
use hallmark::detect::{Detected, Verdict};
use hallmark::json::to_json;
use hallmark::words;
use hallmark_core::profile::Profile;
use hallmark_detector::tail::Log10P;
use hallmark_report::{Subject, html, markdown};
use serde_json::Value;

const PROFILE: &str = "hallmark = 1\nname = \"trial\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = 1024\n";

fn detected() -> Detected {
    let json = include_str!("../../../crates/report/tests/data/detected.json");
    serde_json::from_str(json).unwrap()
}

/// The number between two words.
fn number(text: &str, before: &str, after: &str) -> String {
    let from = text
        .find(before)
        .unwrap_or_else(|| panic!("{before:?}: {text}"))
        + before.len();
    let to = from + text[from..].find(after).unwrap();
    text[from..to].trim().replace('−', "-").replace(',', "")
}

#[test]
fn every_output_rounds_log10_p_alike_and_against_the_accuser() {
    let profile = Profile::parse(PROFILE).unwrap();
    let mut result = detected();
    // Ends of hundredths and what lies between, near nothing and far away.
    let values = (0..400).flat_map(|i: i32| {
        let at = -f64::from(i * i) / 100.0;
        [
            at,
            at.next_down(),
            at - 0.003,
            at - 0.0099,
            -f64::from(i) * 777.123_456_7,
        ]
    });
    for value in values {
        result.pooled.log10_p = Log10P::new(value).unwrap();
        let verdict = Verdict::of(0.001, result.pooled.scored, result.pooled.log10_p);
        result.verdict = Some(verdict);
        let json: Value = serde_json::from_str(&to_json(&result, false).unwrap()).unwrap();
        assert_eq!(json["pooled"]["log10_p"].as_f64(), Some(value));
        let subject = Subject::Detected(&result);
        let shown = number(&detect_text(&result, &profile), "(log10 p = ", ")");
        let page = html(&subject, None);
        let facts = &page[page.find("p, and log10 p").unwrap()..];
        assert_eq!(number(facts, ";", "<"), shown, "{value}");
        let text = markdown(&subject);
        let facts = &text[text.find("p, and log10 p").unwrap()..];
        assert_eq!(
            number(facts, ";", "\n").trim_end_matches('|').trim(),
            shown,
            "{value}"
        );
        let rounded: f64 = shown.parse().unwrap();
        assert!(
            rounded >= value && rounded < value + 0.01,
            "{value}: {shown}"
        );
    }
}

#[test]
fn the_page_says_of_a_detection_what_the_terminal_says() {
    let profile = Profile::parse(PROFILE).unwrap();
    let result = detected();
    let text = detect_text(&result, &profile);
    let shared = words::shared(&result).unwrap();
    let mut sentences = words::reading(&result.reading);
    sentences.push(shared);
    sentences.push(words::verdict(&result.verdict.unwrap()));
    let subject = Subject::Detected(&result);
    let plain = |text: &str| text.replace("&quot;", "\"").replace('\\', "");
    let [page, marked] = [html(&subject, None), markdown(&subject)].map(|text| plain(&text));
    for sentence in sentences {
        for output in [&text, &page, &marked] {
            assert!(output.contains(&sentence), "{sentence}: {output}");
        }
    }
    assert!(text.contains("alone 0 cells, p = 1.0"), "{text}");
}
