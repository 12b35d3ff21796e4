//! Blocks as HTML.

use super::text::text;
use super::verifier;
use crate::page::{Block, Column, Table, Text};
use maud::{Markup, html};

pub(super) fn blocks(blocks: &[Block], module: Option<&[u8]>) -> Markup {
    html! {
        @for block in blocks { (write(block, module)) }
    }
}

fn write(block: &Block, module: Option<&[u8]>) -> Markup {
    match block {
        Block::Heading(words) => html! { h3 { (text(words)) } },
        Block::Says(words) => html! { p.says { (text(words)) } },
        Block::Paragraph(words) => html! { p { (text(words)) } },
        Block::Quote(lines) => html! {
            blockquote { @for line in lines { p { (text(line)) } } }
        },
        Block::List(lines) => html! {
            ul { @for line in lines { li { (text(line)) } } }
        },
        Block::Facts(facts) => html! {
            dl {
                @for (name, value) in facts {
                    div { dt { (text(name)) } dd { (text(value)) } }
                }
            }
        },
        Block::Table(table) => write_table(table),
        Block::Picture(picture) => html! {
            figure { (picture.svg) figcaption { (text(&picture.caption)) } }
        },
        Block::Caution(words) => html! { p.caution { strong { "Caution. " } (text(words)) } },
        Block::Missing(words) => html! { p.missing { (text(words)) } },
        Block::Code(code) => html! { pre tabindex="0" { code { (code) } } },
        Block::Verifier => verifier::write(module),
    }
}

/// Rows of a table that is printed on one page.
const SHORT: usize = 12;

fn write_table(table: &Table) -> Markup {
    let columns = &table.columns;
    html! {
        // A wide table is moved sideways by itself, also from the keyboard.
        div class=(if table.rows.len() <= SHORT { "table short" } else { "table" }) role="region" tabindex="0" aria-label=(short(&table.caption)) {
            table {
                caption { (text(&table.caption)) }
                thead {
                    tr { @for column in columns { th class=[class(column)] scope="col" { (column.name) } } }
                }
                tbody {
                    @for row in &table.rows {
                        tr { @for (cell, column) in row.iter().zip(columns) { td class=[class(column)] { (text(cell)) } } }
                    }
                }
            }
            @if table.rows.is_empty() { p.missing { "No rows." } }
            @if table.more > 0 { p.missing { "And " (crate::words::count(table.more as u64)) " more rows: see the JSON." } }
        }
    }
}

/// The first sentence of a caption.
fn short(caption: &Text) -> String {
    let plain = caption.plain();
    match plain.split_once(['.', ';', ':']) {
        Some((first, _)) => first.to_owned(),
        None => plain,
    }
}

fn class(column: &Column) -> Option<&'static str> {
    column.is_number.then_some("n")
}
