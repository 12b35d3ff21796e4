//! Results whose every text and number was written by somebody who means harm.

mod common;

use common::markup::read;
use hallmark::{Detected, Examined, Scanned};
use hallmark_report::{Case, Subject, html, markdown};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const HARM: &str = "</style></script><script>alert(1)</script>\"' onload=x \u{202e}\u{200b}\u{0}[a](http://e.example) www.e.example <!-- `|` *b*\n# c\n| d |";

/// Paths to every string (or number) of a value.
fn leaves(
    value: &Value,
    at: &mut Vec<String>,
    is_leaf: fn(&Value) -> bool,
    found: &mut Vec<String>,
) {
    if is_leaf(value) {
        found.push(at.iter().map(|step| format!("/{step}")).collect());
    }
    let mut below = |step: String, value: &Value| {
        at.push(step);
        leaves(value, at, is_leaf, found);
        at.pop();
    };
    match value {
        Value::Array(values) => values
            .iter()
            .enumerate()
            .take(2)
            .for_each(|(n, value)| below(n.to_string(), value)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| below(name.clone(), value)),
        _ => {}
    }
}

fn paths(value: &Value, is_leaf: fn(&Value) -> bool) -> Vec<String> {
    let mut found = vec![];
    leaves(value, &mut vec![], is_leaf, &mut found);
    found
}

/// The result with harm in every text that takes it, and how many do.
fn harmed<T: Serialize + DeserializeOwned>(result: &T, harm: &str) -> (T, usize) {
    let mut value = serde_json::to_value(result).expect("JSON");
    let mut taken = 0;
    for path in paths(&value, Value::is_string) {
        let place = value.pointer_mut(&path).expect("a path");
        let before = std::mem::replace(place, json!(harm));
        if serde_json::from_value::<T>(value.clone()).is_ok() {
            taken += 1;
        } else {
            *value.pointer_mut(&path).expect("a path") = before;
        }
    }
    (
        serde_json::from_value(value).expect("each was tried"),
        taken,
    )
}

fn is_harmless(subject: &Subject<'_>) {
    let page = html(subject, None);
    let seen = read(&page);
    assert!(seen.tags.iter().all(|(tag, _)| tag != "script"));
    assert!(
        seen.tags
            .iter()
            .flat_map(|tag| &tag.1)
            .all(|(name, _)| !name.starts_with("on"))
    );
    assert!(
        seen.text.contains("<script>alert(1)"),
        "the harm is shown as text"
    );
    let text = markdown(subject);
    for c in ['\u{202e}', '\u{200b}', '\u{0}'] {
        assert!(!page.contains(c) && !text.contains(c), "{c:?}");
    }
    // In Markdown every sign of it is escaped, or stands in code or in a fence.
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) => {
                fence = (line != open).then_some(open);
                continue;
            }
            None if ticks.len() >= 3 => {
                fence = Some(ticks);
                continue;
            }
            None => {}
        }
        let mut outside = String::new();
        let mut rest = line;
        while let Some(from) = rest.find('`') {
            if rest[..from].ends_with('\\') {
                outside.push_str(&rest[..=from]);
                rest = &rest[from + 1..];
                continue;
            }
            outside.push_str(&rest[..from]);
            let fence: String = rest[from..].chars().take_while(|&c| c == '`').collect();
            let inside = &rest[from + fence.len()..];
            rest = inside
                .find(&fence)
                .map_or("", |to| &inside[to + fence.len()..]);
        }
        outside.push_str(rest);
        assert!(!outside.replace("\\<", "").contains('<'), "{line}");
        assert!(
            !outside.contains("http://") && !outside.contains("www.e"),
            "{line}"
        );
        assert!(!outside.replace("\\[", "").contains('['), "{line}");
    }
}

#[test]
fn harm_in_any_text_is_shown_and_does_nothing() {
    let (case, taken) = harmed::<Case>(&common::full_case(), HARM);
    assert!(taken > 60, "{taken}");
    is_harmless(&Subject::Case(&case));
    is_harmless(&Subject::Detected(
        &harmed::<Detected>(&common::detected(), HARM).0,
    ));
    is_harmless(&Subject::Scanned(
        &harmed::<Scanned>(&common::scanned(), HARM).0,
    ));
    let mut detected = common::detected();
    for passage in detected
        .documents
        .iter_mut()
        .filter_map(|one| one.located.as_mut())
        .flat_map(|one| &mut one.passages)
    {
        passage.excerpt = Some(HARM.to_owned());
    }
    is_harmless(&Subject::Detected(&detected));
    let located = detected
        .documents
        .iter_mut()
        .find_map(|one| one.located.as_mut());
    let located = located.expect("passages");
    located.text = Some(HARM.repeat(3));
    located.passages.truncate(1);
    located.passages[0].bytes = Some([HARM.len(), 2 * HARM.len()]);
    let shown = Subject::Detected(&detected);
    is_harmless(&shown);
    assert!(!html(&shown, None).contains("no places in the text"));
}

#[test]
fn machine_text_cannot_leave_its_fence() {
    let mut case = common::full_case();
    case.replay = vec!["```\n# head\n````` <b>".to_owned()];
    let text = markdown(&Subject::Case(&case));
    assert!(
        text.contains("\n``````text\n```\n# head\n````` <b>\n``````\n"),
        "{text}"
    );
    read(&html(&Subject::Case(&case), None));
}

#[test]
fn no_number_is_too_odd() {
    let values = [
        json!(0),
        json!(u64::MAX),
        json!(f64::MAX),
        json!(f64::MIN),
        json!(-5e-324),
    ];
    let case = serde_json::to_value(common::full_case()).expect("JSON");
    let rich = serde_json::to_value(common::every_test()).expect("JSON");
    let detected = serde_json::to_value(common::detected()).expect("JSON");
    let mut read_so = 0;
    for (result, paths) in [&case, &rich, &detected].map(|one| (one, paths(one, Value::is_number)))
    {
        for path in &paths {
            for value in &values {
                let mut changed = result.clone();
                *changed.pointer_mut(path).expect("a path") = value.clone();
                let page = match changed["schema"].as_str() {
                    Some("hallmark/report/1") => serde_json::from_value::<Case>(changed)
                        .map(|case| html(&Subject::Case(&case), None)),
                    Some("hallmark/examine/2") => serde_json::from_value::<Examined>(changed)
                        .map(|examined| html(&Subject::Examined(&examined), None)),
                    _ => serde_json::from_value::<Detected>(changed)
                        .map(|detected| html(&Subject::Detected(&detected), None)),
                };
                // What no result can hold is refused as it is read.
                let Ok(page) = page else { continue };
                read_so += 1;
                let odd = ["NaN", "inf\"", ">inf"]
                    .iter()
                    .find_map(|odd| page.find(odd));
                assert!(
                    odd.is_none(),
                    "{path} {value}: {:?}",
                    odd.map(|at| page[..at + 5]
                        .chars()
                        .rev()
                        .take(90)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .rev()
                        .collect::<String>())
                );
                assert!(page.len() < 400_000, "{path} {value}: {}", page.len());
            }
        }
    }
    assert!(read_so > 500, "{read_so}");
}

#[test]
fn a_picture_of_what_is_no_number_has_no_such_place() {
    let mut case = common::full_case();
    case.line_ups[0].own = f64::NAN;
    case.line_ups[0].decoys = vec![
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::NAN,
    ];
    case.line_ups[1].decoys = vec![];
    case.evidence[0].points.truncate(0);
    case.evidence[1].points.truncate(1);
    let page = html(&Subject::Case(&case), None);
    assert!(!page.contains("NaN") && !page.contains("inf\""));
    read(&page);
}

#[test]
fn long_texts_and_many_rows_are_cut_and_said_to_be() {
    let long = "x".repeat(10_000_000);
    let mut case = common::full_case();
    case.name = long.clone();
    case.question = format!("{long}\n").repeat(2);
    case.replay = vec![long.clone(); 2];
    case.runs = vec![case.runs[0].clone(); 50_000];
    case.runs[0].what = long.clone();
    case.examined.skipped.first = vec![long];
    case.examined.skipped.records = 1;
    case.line_ups[0].decoys = (0..1_000_000_u32).map(f64::from).collect();
    let points = case.evidence[0].points.clone();
    case.evidence[0].points = points.into_iter().cycle().take(100_000).collect();
    for text in [
        html(&Subject::Case(&case), None),
        markdown(&Subject::Case(&case)),
    ] {
        assert!(text.len() < 600_000, "{}", text.len());
        assert!(
            text.contains("more bytes")
                && text.contains("49")
                && text.contains("more rows: see the JSON")
        );
    }
}
