//! A page as HTML that needs nothing beside itself.

mod blocks;
mod policy;
mod text;
mod verifier;

use crate::page::Page;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use text::text;

const STYLE: &str = include_str!("style.css");

/// The page. A part of it runs a script only where there is a verifier and a box for it.
pub(crate) fn write(page: &Page, verifier: Option<&[u8]>) -> String {
    let has_box = verifier::has_box(page);
    let module = verifier.filter(|_| has_box);
    let policy = policy::policy(STYLE, module.map(|_| verifier::SCRIPT));
    let title = page.title.plain();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#report" { "To the report" }
                header {
                    p.kind { (page.kind) }
                    h1 { (text(&page.title)) }
                    p.below { (text(&page.below)) }
                }
                (contents(page))
                main #report {
                    @for (number, section) in (1..).zip(&page.sections) {
                        section aria-labelledby=(section.id) {
                            h2 id=(section.id) {
                                @if section.id != "glossary" { span.number { (number) ". " } }
                                (section.title)
                            }
                            (blocks::blocks(&section.blocks, module))
                        }
                    }
                }
                @if let Some(module) = module { (verifier::module(module)) }
            }
        }
    };
    page.into_string()
}

fn contents(page: &Page) -> Markup {
    html! {
        nav aria-labelledby="contents" {
            h2 #contents { "Contents" }
            ol {
                @for section in &page.sections {
                    li class=[(section.id == "glossary").then_some("annex")] {
                        a href={ "#" (section.id) } { (section.title) }
                    }
                }
            }
        }
    }
}
