//! The box in which a bundle is checked.

use crate::page::{Block, Page};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// What runs the verifier. Its hash stands in the page's policy.
pub(super) const SCRIPT: &str = include_str!("verifier.js");

/// Whether a page has a place for it.
pub(super) fn has_box(page: &Page) -> bool {
    let mut blocks = page.sections.iter().flat_map(|section| &section.blocks);
    blocks.any(|block| matches!(block, Block::Verifier))
}

/// The box, or without a module the command.
pub(super) fn write(module: Option<&[u8]>) -> Markup {
    html! {
        @if let Some(module) = module {
            section.verifier aria-labelledby="verify" {
                h3 #verify { "Verify the bundle here" }
                p { "Drop a bundle on this page (a .tar file, or its folder), or choose one. It is read in this page and sent nowhere; up to 512 MB." }
                p.choose {
                    label { "A .tar file " input #bundle-file type="file" accept=".tar,application/x-tar" disabled; }
                    label { "A folder " input #bundle-folder type="file" webkitdirectory multiple disabled; }
                }
                p #verify-status role="status" { "To run it, this page needs scripts and WebAssembly." }
                ol #verify-checks {}
                p.small {
                    "The verifier in this page: " (crate::words::count(module.len() as u64)) " bytes, SHA-256 "
                    code { (digest(module)) }
                    ". Whoever made this page could have put another one in it: to rest on nothing of theirs, take the program from its source and run"
                }
                (command())
            }
        } @else {
            div.verifier {
                h3 { "Verify the bundle" }
                p { "This page has no verifier in it. On the command line, without any key:" }
                (command())
            }
        }
    }
}

fn command() -> Markup {
    html! { pre tabindex="0" { code { "hallmark verify BUNDLE" } } }
}

/// The module, as text that is not run, and the script that runs it.
pub(super) fn module(module: &[u8]) -> Markup {
    html! {
        script #verifier-module type="text/plain" { (PreEscaped(STANDARD.encode(module))) }
        script { (PreEscaped(SCRIPT)) }
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
