//! `study` as Markdown.

use hallmark_study::nulls::Nulls;
use hallmark_study::quality::QualityTable;
use hallmark_study::tables::{Row, Spread, Tables, TestRow};
use hallmark_study::tokens_to::TARGET;
use std::fmt::Write as _;

/// The tests of the wide tables, in their order, with what heads their column.
const HEADS: [(&str, &str); 15] = [
    ("T1", "T1"),
    ("filter same-key", "filter"),
    ("T2 same-key", "T2"),
    ("T2r same-key", "T2r"),
    ("T2r-alone same-key", "T2r, no control"),
    ("T2r", "T2r, no log"),
    ("T3r", "T3r"),
    ("T2 other-key", "T2, other key's log"),
    ("T2r other-key", "T2r, other key's log"),
    ("T3", "T3"),
    ("T3w same-key", "T3w"),
    ("T5", "T5"),
    ("T8", "T8"),
    ("T9", "T9"),
    ("T9r", "T9r"),
];

pub(crate) fn tables_text(tables: &Tables) -> String {
    let mut text = String::new();
    let mut groups: Vec<(&str, &str)> = tables
        .rows
        .iter()
        .map(|row| (row.world.as_str(), row.group.as_str()))
        .collect();
    groups.dedup();
    for (world, group) in groups {
        let rows: Vec<&Row> = tables
            .rows
            .iter()
            .filter(|row| row.world == world && row.group == group)
            .collect();
        let _ = writeln!(text, "## {group} (world {world})\n");
        text.push_str(&strengths(&rows));
        text.push_str(&tokens(&rows));
    }
    text
}

/// log10 p on all answers.
fn strengths(rows: &[&Row]) -> String {
    let mut text =
        "log10 p of each test by itself on all answers; over several seeds, the median and (weakest, strongest).\n\n"
            .to_owned();
    head(&mut text, "tokens | cells | lift");
    for row in rows {
        let lift = row
            .lift
            .map_or_else(|| "–".to_owned(), |lift| format!("{:+.2}%", 100.0 * lift));
        let _ = write!(
            text,
            "| {} | {:.0} | {:.0} | {lift} |",
            name(row),
            row.tokens,
            row.scored
        );
        for (test, _) in HEADS {
            let value = row.tests.get(test).map(|test| test.log10_p);
            let _ = write!(text, " {} |", value.map_or_else(|| "–".to_owned(), log10));
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// Tokens to the target and savings.
fn tokens(rows: &[&Row]) -> String {
    let shown: Vec<&&Row> = rows
        .iter()
        .filter(|row| row.guilty && row.tests.values().any(|test| test.reached > 0))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "Thousands of answer tokens to log10 p = {TARGET}, and × how many times fewer than T1 needs (≥: T1 does not arrive).\n\n"
    );
    head(&mut text, "seeds");
    for row in shown {
        let _ = write!(text, "| {} | {} |", name(row), row.seeds.len());
        for (test, _) in HEADS {
            let value = row.tests.get(test);
            let value = value.map_or_else(|| "–".to_owned(), |test| needed(test, row.seeds.len()));
            let _ = write!(text, " {value} |");
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

fn head(text: &mut String, more: &str) {
    let _ = write!(text, "| arm | {more} |");
    for (_, head) in HEADS {
        let _ = write!(text, " {head} |");
    }
    let columns = 1 + more.split('|').count() + HEADS.len();
    let _ = writeln!(text, "\n|{}", "---|".repeat(columns));
}

fn name(row: &Row) -> String {
    format!(
        "{} h={}{}, {}%, {}, {} prompts",
        row.scheme,
        row.window,
        ring(row.ring),
        100.0 * row.share,
        row.variant,
        row.prompts
    )
}

fn ring(sub_keys: Option<u32>) -> String {
    sub_keys.map_or_else(String::new, |sub_keys| format!(" ring of {sub_keys}"))
}

fn log10(value: Spread) -> String {
    let Spread {
        median,
        least,
        most,
    } = value;
    if least == most {
        format!("{median:.1}")
    } else {
        format!("{median:.1} ({most:.1}, {least:.1})")
    }
}

fn needed(test: &TestRow, seeds: usize) -> String {
    let Some(tokens) = test.tokens else {
        return format!("{} of {seeds} arrive", test.reached);
    };
    let saving = match test.saving {
        Some(saving) if test.saving_bounds > 0 => format!("≥ {:.1}", saving.median),
        Some(saving) => format!("{:.1}", saving.median),
        None => return format!("{:.1}", tokens.median / 1e3),
    };
    format!("{:.1} (×{saving})", tokens.median / 1e3)
}

pub(crate) fn nulls_text(nulls: &Nulls) -> String {
    let mut text = format!(
        "{} examinations of {} sets of innocent text, each under random keys. At or below each level: how often, the rate, and its \
         99% Clopper–Pearson interval.\n\n",
        nulls.examinations,
        nulls.sets.len()
    );
    text.push_str("| test | examinations | ≤ 0.05 | ≤ 0.01 | ≤ 0.001 | smallest log10 p |\n|---|---|---|---|---|---|\n");
    for test in &nulls.tests {
        let _ = write!(text, "| {} | {} |", test.test, test.examinations);
        for level in &test.levels {
            let _ = write!(
                text,
                " {} ({:.4}; {:.4} to {:.4}) |",
                level.observed, level.rate, level.low, level.high
            );
        }
        let _ = writeln!(text, " {:.2} |", test.least_log10_p);
    }
    let _ = match &nulls.alarming[..] {
        [] => writeln!(
            text,
            "\nNo test is below a level more often than it allows, beyond its interval."
        ),
        tests => writeln!(text, "\nBelow a level too often: {}.", tests.join(", ")),
    };
    text
}

pub(crate) fn quality_text(table: &QualityTable) -> String {
    let mut text = format!("World {}.\n\n", table.world);
    text.push_str(
        "| mark | answers | tokens an answer | perplexity | repeated 4-grams | distinct 2-grams | similarity | at the cap |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
    };
    for row in &table.rows {
        let window = row.window.map_or_else(String::new, |h| format!(" h={h}"));
        let _ = writeln!(
            text,
            "| {}{window}{} | {} | {:.1} | {} | {:.4} | {:.4} | {} | {} |",
            row.scheme,
            ring(row.ring),
            row.answers,
            row.mean_tokens,
            number(row.perplexity, 2),
            row.repeated_4grams,
            row.distinct_2,
            number(row.similarity, 4),
            number(row.capped, 3)
        );
    }
    text
}
