//! The page of a campaign: what stands in it, and nothing that comes in from outside.

mod common;

use common::markup::read;
use hallmark_campaign::results::Scanned;
use hallmark_report::{Subject, html, markdown};
use serde_json::{Value, json};

fn value() -> Value {
    serde_json::from_str(include_str!("data/campaign.json")).expect("JSON")
}

fn page(value: Value) -> Option<[String; 2]> {
    let scanned: Scanned = serde_json::from_value(value).ok()?;
    let campaign = scanned.campaigns.first()?;
    let subject = Subject::Campaign(&scanned, campaign);
    Some([html(&subject, None), markdown(&subject)])
}

#[test]
fn all_that_speaks_for_and_against_is_there() {
    let [page, text] = page(value()).expect("a page");
    let seen = read(&page).text.replace('\u{a0}', " ");
    for part in [
        "What would clear an account",
        "Declare it as a unit",
        "412",
        "151.3",
        "2.9, 5.9",
        "00112233445566778899aabbccddeeff",
        "0b6c1f5200000000000000000000000a",
        "a declared organisation",
        "Coordinated is not theft",
        "not even 80% of joint requests",
        "1 accounts of these groups are cleared already",
        "at most 5.0 in a hundred",
    ] {
        assert!(seen.contains(part), "{part}");
    }
    assert!(text.contains("What would clear an account"));
    assert_eq!(page.matches("<svg").count(), 2);
}

#[test]
fn it_needs_nothing_beside_itself() {
    let [page, _] = page(value()).expect("a page");
    assert!(page.contains("default-src 'none'"));
    for (tag, attributes) in &read(&page).tags {
        assert!(
            !["script", "link", "iframe", "img", "object"].contains(&tag.as_str()),
            "{tag}"
        );
        for (name, to) in attributes {
            let stays = to.starts_with('#') || !["href", "src", "action"].contains(&name.as_str());
            assert!(stays, "{tag} {name}={to}");
        }
    }
}

#[test]
fn harm_in_any_text_is_shown_as_text() {
    const HARM: &str =
        "</style><script>alert(1)</script>\"' onload=x \u{202e}[a](http://e.example)";
    for path in [
        "/version",
        "/domain",
        "/root_id",
        "/how/within",
        "/traffic/from",
        "/campaigns/0/campaign",
        "/campaigns/0/shared/0/kind",
    ] {
        let mut changed = value();
        *changed.pointer_mut(path).expect(path) = json!(HARM);
        let [page, text] = page(changed).expect(path);
        let seen = read(&page);
        assert!(seen.tags.iter().all(|(tag, _)| tag != "script"), "{path}");
        let handlers = seen.tags.iter().flat_map(|tag| &tag.1);
        assert!(
            handlers
                .into_iter()
                .all(|(name, _)| !name.starts_with("on")),
            "{path}"
        );
        assert!(seen.text.contains("<script>alert(1)"), "{path}");
        assert!(
            !page.contains('\u{202e}') && !text.contains('\u{202e}'),
            "{path}"
        );
    }
    // A pseudonym is no text: anything else is refused as it is read.
    let mut changed = value();
    *changed
        .pointer_mut("/campaigns/0/members/0/account")
        .expect("a member") = json!(HARM);
    assert!(page(changed).is_none());
}

#[test]
fn no_number_is_too_odd() {
    let places = [
        "/how/cohort_fdr",
        "/how/named_fdr",
        "/campaigns/0/groups/0/log10_e",
        "/campaigns/0/groups/0/log10_e_by_window/0",
        "/campaigns/0/groups/0/pairs",
        "/campaigns/0/groups/0/expected_pairs",
        "/campaigns/0/groups/0/spread_pairs",
        "/campaigns/0/groups/0/visible/smallest_share",
        "/campaigns/0/members/0/log10_e",
        "/campaigns/0/members/0/group",
    ];
    let mut seen = 0;
    for path in places {
        for odd in [
            json!(0),
            json!(u64::MAX),
            json!(f64::MAX),
            json!(f64::MIN),
            json!(-5e-324),
        ] {
            let mut changed = value();
            *changed.pointer_mut(path).expect(path) = odd.clone();
            let Some([page, _]) = page(changed) else {
                continue;
            };
            seen += 1;
            for word in ["NaN", "inf\"", ">inf", " inf"] {
                let at = page
                    .find(word)
                    .filter(|&at| !page[at..].starts_with(" info"));
                assert!(
                    at.is_none(),
                    "{path} {odd}: {:?}",
                    at.map(|at| &page[at..at + 20])
                );
            }
            assert!(page.len() < 100_000, "{path} {odd}");
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn a_campaign_without_groups_has_a_page_too() {
    let mut changed = value();
    for list in ["groups", "members", "shared"] {
        changed["campaigns"][0][list] = json!([]);
    }
    assert!(page(changed).is_some());
}
