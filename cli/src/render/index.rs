//! `index` in words.

use super::reading::reading_text;
use super::skipped::skipped_text;
use hallmark::indexes::{Counting, Indexed};

pub(crate) fn index_text(indexed: &Indexed) -> String {
    let marked = match &indexed.marked_by {
        Some(id) => format!("marked with key {id}"),
        None => "unmarked: a background".to_owned(),
    };
    let per_window = indexed
        .bytes_per_window
        .map_or(String::new(), |bytes| format!(", {bytes:.2} a window"));
    let reading = indexed.reading.as_ref().map(reading_text);
    let skipped = indexed.skipped.as_ref().map(skipped_text);
    let notes = [reading, skipped].into_iter().flatten().collect::<String>();
    let tokenizer = match &indexed.tokenizer_sha256 {
        Some(digest) => format!("SHA-256 {digest}"),
        None => "not named: token ids were counted".to_owned(),
    };
    let checked = if indexed.verified {
        ": the content matches"
    } else {
        ""
    };
    let counted = match (indexed.counting, indexed.as_sampled, indexed.in_order) {
        (Counting::Occurrences, ..) => "how often each window occurred".to_owned(),
        (Counting::Answers, ..) => "in how many answers each window occurred".to_owned(),
        (Counting::FirstVisits, as_sampled, in_order) => format!(
            "when each window was visited first{}, of {}, in {}",
            match indexed.sub_keys {
                None => String::new(),
                Some(sub_keys) => format!(" under each of {sub_keys} sub-keys"),
            },
            if as_sampled == Some(true) {
                "tokens as they were sampled"
            } else {
                "tokens that may not be those that were sampled"
            },
            match (in_order, indexed.missing.unwrap_or(0)) {
                (Some(true), 0) => "ascending order without a gap".to_owned(),
                (Some(true), missing) => format!(
                    "ascending order; {missing} numbers between have no answer, or an empty one"
                ),
                _ => "an order that nothing shows".to_owned(),
            }
        ),
    };
    let made = match indexed.made {
        Some(made) => format!("made        {}\n", date(made)),
        None => String::new(),
    };
    let sources = match &indexed.sources_sha256 {
        Some(digest) => format!("sources     SHA-256 of their digests {digest}\n"),
        None => String::new(),
    };
    format!(
        "index       {}\ntext        {marked}\ncounted     {counted}\n{made}{sources}answers     {}\nwindows     {} of {} token{}, {} distinct\n\
         size        {} bytes{per_window}\ntokenizer   {tokenizer}\ncontent     SHA-256 {}{checked}\n{notes}",
        indexed.file,
        indexed.answers,
        indexed.windows,
        indexed.window,
        if indexed.window == 1 { "" } else { "s" },
        indexed.distinct_windows,
        indexed.bytes,
        indexed.sha256,
    )
}

/// A moment in UTC.
fn date(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(moment) => moment.to_string(),
        Err(_) => format!("{seconds} s after 1970"),
    }
}
