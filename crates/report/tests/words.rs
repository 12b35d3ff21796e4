//! What a report says: every section, and no sentence that is too much.

mod common;

use common::markup::read;
use hallmark::examine::Conclusion;
use hallmark_report::{Case, Role, Subject, html, markdown};

/// Words of the page as a reader sees them, and of the Markdown.
fn texts(subject: &Subject<'_>) -> [String; 2] {
    [read(&html(subject, None)).text, markdown(subject)]
}

#[test]
fn a_case_has_its_fifteen_sections_in_order() {
    let titles = [
        "Question and propositions",
        "Finding, and what it does not show",
        "Items examined",
        "Method, profile and program",
        "Plan, its log proof, deviations",
        "Keys, commitments and cohorts",
        "Results",
        "Many tests, many keys",
        "Error rates",
        "Sensitivity",
        "Limits and alternatives",
        "Custody log",
        "How to repeat it",
        "Operator and reviewer",
        "Signatures, time stamp and log proof",
    ];
    for case in [common::full_case(), common::bare_case()] {
        let text = markdown(&Subject::Case(&case));
        let heads: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        let expected: Vec<String> = (1..)
            .zip(titles)
            .map(|(n, title)| format!("{n}. {title}"))
            .collect();
        assert_eq!(heads[..15], expected);
        assert_eq!(heads[15..], ["Annex: words"]);
    }
}

#[test]
fn what_is_missing_is_said_and_not_left_out() {
    let bare = markdown(&Subject::Case(&common::bare_case()));
    for words in [
        "Items as they were taken in: not stated",
        "A plan that was fixed beforehand: not stated",
        "Commitments to keys: not stated",
        "how often this method names an innocent model: not stated",
        "Leaving one source out at a time: not stated",
        "another tokenizer or another window: not stated",
        "Custody log: not stated",
        "Commands: not stated",
        "**Operator:** not stated",
        "signatures, time stamp and log proof: not stated",
    ] {
        assert!(bare.contains(words), "{words}");
    }
    let full = markdown(&Subject::Case(&common::full_case()));
    assert!(
        !full.contains("not stated"),
        "{}",
        full.lines()
            .find(|line| line.contains("not stated"))
            .unwrap_or("")
    );
}

#[test]
fn no_sentence_is_too_strong() {
    common::each(|name, subject| {
        for text in texts(subject) {
            let text = text.to_lowercase().replace('\u{a0}', " ");
            for forbidden in [
                "% likely",
                "stolen",
                "proves",
                "proven by",
                "guilty",
                "certainly",
                "beyond doubt",
                "strong evidence",
                "very strong",
                "moderate",
                "p < ",
                "compliant",
                "nan",
                "infinity",
            ] {
                let place = text.find(forbidden);
                assert!(
                    place.is_none(),
                    "{name}: {forbidden:?} in {:?}",
                    place.map(|at| text[at..].chars().take(60).collect::<String>())
                );
            }
            for p in text.split("p = ").skip(1) {
                let number: String = p
                    .chars()
                    .take_while(|c| c.is_ascii_digit() || *c == '.')
                    .collect();
                assert!(
                    number.chars().any(|c| ('1'..='9').contains(&c)),
                    "{name}: p = {number}"
                );
            }
        }
    });
}

#[test]
fn every_report_warns_of_the_transposed_conditional() {
    common::each(|name, subject| {
        for text in texts(subject) {
            let warns = text.contains("the error of the transposed conditional");
            assert_eq!(warns, name != "power", "{name}");
            let of_suspect = text.contains("not the chance that the suspect is innocent, nor");
            assert_eq!(
                of_suspect,
                !matches!(name, "power" | "detected" | "scanned"),
                "{name}"
            );
        }
    });
}

#[test]
fn a_detection_says_its_verdict_how_it_was_read_and_what_documents_share() {
    let detected = common::detected();
    for text in texts(&Subject::Detected(&detected)) {
        for words in [
            "found at level 0.001",
            "not found at level 0.001",
            "too few cells at level 0.001",
            "How the records were read",
            "Layout: OpenAI messages (3)",
            "2 earlier turns of the assistant count as shown",
            "The documents share 31% of their cells with documents before them",
            "Alone: p",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    // A verdict that the numbers do not give, or at no level, is none.
    for level in [1e-300, 1.5, -1.0] {
        let mut changed = detected.clone();
        for verdict in [&mut changed.verdict, &mut changed.documents[1].verdict] {
            let verdict = verdict.as_mut().expect("a verdict");
            (verdict.level, verdict.outcome) = (level, Conclusion::Found);
        }
        for text in texts(&Subject::Detected(&changed)) {
            assert!(text.contains("the result contradicts itself"), "{text}");
        }
    }
    // Where little is shared, nothing is said of it.
    let mut apart = detected;
    apart.shared = Some(0.05);
    for text in texts(&Subject::Detected(&apart)) {
        assert!(!text.contains("Alone: p") && !text.contains("The documents share"));
    }
}

#[test]
fn what_was_found_is_said_with_its_key_its_bound_and_its_proviso() {
    let examined = common::examined();
    let [page, _] = texts(&Subject::Examined(&examined));
    assert!(page.contains("The answers depend on key ca8e528641043b7d (demo/keys/harvesters.key), provided that what is left for a person to show holds"));
    assert!(page.contains(
        "would come up with probability at most 6.1\u{a0}×\u{a0}10−106 (T1, sum of scores)"
    ));
}

#[test]
fn not_found_is_said_with_what_could_have_been_seen() {
    let mut examined = common::not_found();
    let [page, _] = texts(&Subject::Examined(&examined));
    assert_eq!(
        page.matches("No study says which share").count(),
        2 * page.matches("No dependence on key").count() / 2
    );
    assert!(page.contains("would have been found in nine cases of ten"));
    for outcome in &mut examined.outcomes {
        outcome.outcome = Conclusion::NotFound;
        outcome.smallest_share = Some(0.0423);
        outcome.certified_share = Some(0.05);
    }
    let [page, _] = texts(&Subject::Examined(&examined));
    assert!(page.contains("would have seen in nine cases of ten is 0.042"));
    assert!(page.contains("shares from 0.050 were tried"));
}

#[test]
fn a_result_that_contradicts_itself_is_no_finding() {
    let mut examined = common::not_found();
    for outcome in &mut examined.outcomes {
        outcome.outcome = Conclusion::Found;
        outcome.found_by = Some(hallmark_detector::finding::Test::T1);
    }
    let [page, _] = texts(&Subject::Examined(&examined));
    assert!(
        page.contains("The result contradicts itself") && !page.contains("The answers depend on")
    );
}

#[test]
fn what_does_not_fit_together_is_said() {
    let cautions = |case: &Case| markdown(&Subject::Case(case));
    let full = common::full_case();
    assert!(!cautions(&full).contains("**Caution.**"));

    let mut case = full.clone();
    case.items[0].sha256 = "e".repeat(64);
    assert!(cautions(&case).contains("with a digest that no item above has"));

    let mut case = full.clone();
    case.run = Some(3);
    case.other_runs = vec!["run 1 ended: not-found".to_owned()];
    let said = cautions(&case);
    assert!(said.contains("This page shows run 3") && said.contains("run 1 ended"));

    let mut case = full.clone();
    case.commitments.truncate(1);
    assert!(
        cautions(&case).contains("without a commitment that is stated here: `ac5ee740b91f7f84`")
    );

    let mut case = full.clone();
    case.commitments[0].role = Role::NeverUsed;
    assert!(cautions(&case).contains("A key that never marked anything was found"));

    let mut case = full;
    case.line_ups[1].own = 0.0;
    assert!(cautions(&case).contains("they are not those of the finding"));
}

#[test]
fn an_upper_bound_stands_beside_no_errors_at_all() {
    let text = markdown(&Subject::Case(&common::full_case()));
    assert!(text.contains("0 of 20,000 | 0.00015 (0.015%)"), "{text}");
}

#[test]
fn numbers_of_every_test_are_there() {
    let examined = common::every_test();
    let [page, text] = texts(&Subject::Examined(&examined));
    for test in ["T1", "T2r", "T3", "T3r", "T5", "T6", "T8"] {
        assert!(text.contains(&format!("**{test}**")), "{test}");
    }
    assert!(page.contains("control key") && page.contains("windows of the log that were read"));
}

#[test]
fn marked_passages_are_shown_where_they_are() {
    let mut detected = common::detected();
    let located = detected.documents[0].located.as_mut().expect("passages");
    located.passages[0].excerpt = Some("It was the best of <times>".to_owned());
    let page = html(&Subject::Detected(&detected), None);
    assert!(page.contains("<mark>It was the best of &lt;times&gt;</mark>"));
    assert!(page.contains("Marked: tokens 1,823 to 2,448; tokens 2,488 to 3,052"));
    assert!(read(&page).text.contains("4,431 to 5,932"));
}

#[test]
fn marked_passages_stand_in_their_text() {
    let mut detected = common::detected();
    let [page, text] = texts(&Subject::Detected(&detected));
    for said in [&page, &text] {
        assert!(said.contains("hallmark detect --with-text"), "{said}");
    }
    let located = detected.documents[0].located.as_mut().expect("passages");
    located.text = Some("before <b>marked</b>\nafter".to_owned());
    located.passages.truncate(1);
    located.passages[0].bytes = Some([7, 20]);
    let page = html(&Subject::Detected(&detected), None);
    assert!(page.contains("before </"), "{page}");
    assert!(
        page.contains("<mark>&lt;b&gt;marked&lt;/b&gt;</mark>"),
        "{page}"
    );
    assert!(!page.contains("--with-text"));
    let located = detected.documents[0].located.as_mut().expect("passages");
    located.passages[0].bytes = Some([7, 2000]);
    let page = html(&Subject::Detected(&detected), None);
    assert!(page.contains("no places in the text that it holds"));
}
