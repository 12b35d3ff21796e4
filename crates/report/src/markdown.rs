//! A page as Markdown with tables.

use crate::page::{Block, Page, Span, Table, Text};
use std::fmt::Write as _;

/// The page without its pictures.
pub(crate) fn write(page: &Page) -> String {
    let mut out = format!("# {}\n\n", line(&page.title));
    let _ = writeln!(out, "*{}.* {}\n", page.kind, line(&page.below));
    for (number, section) in (1..).zip(&page.sections) {
        let _ = match section.id {
            "glossary" => writeln!(out, "## {}\n", section.title),
            _ => writeln!(out, "## {number}. {}\n", section.title),
        };
        for block in &section.blocks {
            write_block(&mut out, block);
        }
    }
    out
}

fn write_block(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Heading(text) => writeln!(out, "### {}\n", line(text)),
        Block::Says(text) => writeln!(out, "> {}\n", line(text)),
        Block::Paragraph(text) => writeln!(out, "{}\n", line(text)),
        Block::Quote(lines) => {
            let lines: Vec<String> = lines
                .iter()
                .map(|text| format!("> {}", line(text)))
                .collect();
            writeln!(out, "{}\n", lines.join("\n>\n"))
        }
        Block::List(texts) => {
            for text in texts {
                let _ = writeln!(out, "- {}", line(text));
            }
            writeln!(out)
        }
        Block::Facts(facts) => {
            for (name, value) in facts {
                let _ = writeln!(
                    out,
                    "- **{}:** {}",
                    inline(name, false),
                    inline(value, false)
                );
            }
            writeln!(out)
        }
        Block::Table(table) => write_table(out, table),
        Block::Picture(picture) => writeln!(
            out,
            "*Picture, in the page only:* {}\n",
            line(&picture.caption)
        ),
        Block::Caution(text) => writeln!(out, "**Caution.** {}\n", line(text)),
        Block::Missing(text) => writeln!(out, "*{}*\n", line(text)),
        Block::Code(code) => {
            let fence = "`".repeat(longest_run(code).max(2) + 1);
            writeln!(out, "{fence}text\n{code}\n{fence}\n")
        }
        Block::Verifier => writeln!(
            out,
            "Check the bundle with a program of your own:\n\n```sh\nhallmark verify BUNDLE\n```\n"
        ),
    };
}

fn write_table(out: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(out, "{}\n", line(&table.caption))?;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    writeln!(out, "| {} |", names.join(" | "))?;
    let rules = table.columns.iter();
    let rules: Vec<&str> = rules
        .map(|column| if column.is_number { "---:" } else { "---" })
        .collect();
    writeln!(out, "| {} |", rules.join(" | "))?;
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| inline(cell, true)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    if table.more > 0 {
        writeln!(out, "\nAnd {} more rows: see the JSON.", table.more)?;
    }
    writeln!(out)
}

/// A text that begins a line, where some signs mean something of their own.
fn line(text: &Text) -> String {
    let text = inline(text, false);
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_list = digits > 0 && text[digits..].starts_with(['.', ')']);
    if is_list {
        format!("{}\\{}", &text[..digits], &text[digits..])
    } else if text.starts_with(['#', '+', '-', '=']) {
        format!("\\{text}")
    } else {
        text.to_owned()
    }
}

/// A text in a line; in tables, `|` ends a cell even inside code.
fn inline(text: &Text, in_table: bool) -> String {
    let mut out = String::new();
    for span in text.spans() {
        let text = span.text();
        match span {
            Span::Words(_) | Span::Given(_) => out.push_str(&escaped(text)),
            Span::Strong(_) | Span::Marked(_) => out.push_str(&around("**", text)),
            Span::Code(_) => out.push_str(&code(text, in_table)),
        }
    }
    out
}

fn around(sign: &str, text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return String::new();
    }
    let after = if text.ends_with(' ') { " " } else { "" };
    format!("{sign}{}{sign}{after}", escaped(inner))
}

fn code(text: &str, in_table: bool) -> String {
    // The number of backticks must be other than that of any run inside.
    let fence = "`".repeat(longest_run(text) + 1);
    let text = if in_table {
        text.replace('|', "\\|")
    } else {
        text.to_owned()
    };
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text in which no sign is markup, and no address becomes a link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let is_sign = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' | '@'
        );
        // `https://` and `www.` are links without being written as ones.
        let is_link = matches!((before, c), ('w' | 'W', '.'));
        if is_sign || is_link {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out.replace("://", "\\://")
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, line};
    use crate::page::Text;

    #[test]
    fn no_sign_is_markup() {
        assert_eq!(
            escaped("<script>*a* [x](http://e.g) www.e.g | a@b.c"),
            "\\<script\\>\\*a\\* \\[x\\](http\\://e.g) www\\.e.g \\| a\\@b.c"
        );
        assert_eq!(line(&Text::words("1. a")), "1\\. a");
        assert_eq!(line(&Text::words("# a")), "\\# a");
    }

    #[test]
    fn code_ends_where_it_ends() {
        assert_eq!(code("a`b``c", false), "```a`b``c```");
        assert_eq!(code("`", false), "`` ` ``");
        assert_eq!(code("a|b", true), "`a\\|b`");
        assert_eq!(code(" ", true), "(empty)");
    }
}
