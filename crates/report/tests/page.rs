//! The page as a document: balanced, closed to the outside, the same bytes each time.

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::markup::read;
use hallmark_report::{Subject, html, markdown};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[test]
fn pages_are_balanced_and_their_headings_in_order() {
    common::each(|name, subject| {
        let page = read(&html(subject, None));
        let tags = page.tags.iter().map(|(tag, _)| &tag[..]);
        let headings: Vec<u32> = tags
            .filter_map(|tag| tag.strip_prefix('h')?.parse().ok())
            .collect();
        assert_eq!(headings[0], 1, "{name}");
        assert_eq!(
            headings.iter().filter(|&&level| level == 1).count(),
            1,
            "{name}"
        );
        for pair in headings.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "{name}: {headings:?}");
        }
        assert!(page.tags.contains(&(
            "html".to_owned(),
            vec![("lang".to_owned(), "en".to_owned())]
        )));
    });
}

#[test]
fn anchors_are_there_and_there_once() {
    common::each(|name, subject| {
        let page = read(&html(subject, Some(b"module")));
        let ids = page.values("id");
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(
            set.len(),
            ids.len(),
            "{name}: an id is there twice: {ids:?}"
        );
        let links = page
            .values("href")
            .into_iter()
            .map(|link| link.trim_start_matches('#'));
        let labels = page
            .values("aria-labelledby")
            .into_iter()
            .flat_map(str::split_whitespace);
        for id in links.chain(labels) {
            assert!(set.contains(id), "{name}: nothing is called {id}");
        }
    });
}

#[test]
fn nothing_comes_from_outside_and_nothing_runs_but_what_the_policy_names() {
    common::each(|name, subject| {
        for verifier in [None, Some(&b"\0asm module"[..])] {
            let text = html(subject, verifier);
            let page = read(&text);
            let has_box = verifier.is_some() && name.contains("case");
            let policy = page.values("content")[0].to_owned();
            assert!(policy.starts_with("default-src 'none';"), "{name}");
            let (styles, scripts): (Vec<_>, Vec<_>) =
                page.raw.iter().partition(|(tag, _)| tag == "style");
            assert_eq!(styles.len(), 1);
            assert!(
                policy.contains(&format!("style-src {};", source(&styles[0].1))),
                "{name}"
            );
            assert_eq!(scripts.len(), if has_box { 2 } else { 0 }, "{name}");
            assert_eq!(policy.contains("script-src"), has_box, "{name}");
            if has_box {
                assert_eq!(scripts[0].1, STANDARD.encode(verifier.unwrap_or_default()));
                let allowed = format!("script-src {} 'wasm-unsafe-eval';", source(&scripts[1].1));
                assert!(policy.contains(&allowed), "{name}");
                assert!(!scripts[1].1.contains("</") && !scripts[1].1.contains("<!--"));
            }
            for (tag, attributes) in &page.tags {
                assert!(
                    !matches!(
                        &tag[..],
                        "img" | "link" | "iframe" | "object" | "form" | "base"
                    ),
                    "{name}: {tag}"
                );
                for (attribute, value) in attributes {
                    assert!(
                        attribute != "style" && !attribute.starts_with("on"),
                        "{name}: {attribute}"
                    );
                    assert!(
                        attribute != "src" && attribute != "srcset",
                        "{name}: {attribute}"
                    );
                    assert!(
                        attribute != "href" || value.starts_with('#'),
                        "{name}: {value}"
                    );
                }
            }
            assert!(!styles[0].1.contains("url(") && !styles[0].1.contains("@import"));
        }
    });
}

#[test]
fn without_a_verifier_the_command_stands_in_its_place() {
    let case = common::full_case();
    let page = html(&Subject::Case(&case), None);
    assert!(page.contains("hallmark verify BUNDLE") && !page.contains("<script"));
    assert!(markdown(&Subject::Case(&case)).contains("hallmark verify BUNDLE"));
    let examined = common::examined();
    assert!(!html(&Subject::Examined(&examined), Some(b"x")).contains("<script"));
}

#[test]
fn the_same_subject_gives_the_same_bytes() {
    common::each(|name, subject| {
        assert_eq!(
            html(subject, Some(b"m")),
            html(subject, Some(b"m")),
            "{name}"
        );
        assert_eq!(markdown(subject), markdown(subject), "{name}");
    });
    let case = common::full_case();
    let json = serde_json::to_string(&case).expect("JSON");
    let again = serde_json::from_str(&json).expect("the same case");
    assert_eq!(case, again);
    assert_eq!(
        html(&Subject::Case(&case), None),
        html(&Subject::Case(&again), None)
    );
}

#[test]
fn a_case_needs_no_more_than_name_question_and_examination() {
    let json = format!(
        "{{\"schema\": \"hallmark/report/1\", \"name\": \"Bare\", \"question\": \"Was it?\", \"examined\": {}}}",
        include_str!("data/not-found.json")
    );
    let case: hallmark_report::Case = serde_json::from_str(&json).expect("a case");
    assert_eq!(case, common::bare_case());
    let other = json.replace("hallmark/report/1", "hallmark/report/9");
    assert!(serde_json::from_str::<hallmark_report::Case>(&other).is_err());
    let unknown = json.replacen("\"name\"", "\"nam\"", 1);
    assert!(serde_json::from_str::<hallmark_report::Case>(&unknown).is_err());
}
