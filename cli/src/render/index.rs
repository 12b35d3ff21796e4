//! `index` in words.

use hallmark::indexes::Indexed;

pub(crate) fn index_text(indexed: &Indexed) -> String {
    let marked = match &indexed.marked_by {
        Some(id) => format!("marked with key {id}"),
        None => "unmarked: a background".to_owned(),
    };
    let per_window = indexed
        .bytes_per_window
        .map_or(String::new(), |bytes| format!(", {bytes:.2} a window"));
    let skipped = match &indexed.skipped {
        Some(skipped) if skipped.records > 0 => {
            let reasons = skipped
                .first
                .iter()
                .map(|reason| format!("\n            {reason}"));
            format!(
                "skipped     {} bad records{}\n",
                skipped.records,
                reasons.collect::<String>()
            )
        }
        _ => String::new(),
    };
    let tokenizer = match &indexed.tokenizer_sha256 {
        Some(digest) => format!("SHA-256 {digest}"),
        None => "not named: token ids were counted".to_owned(),
    };
    let checked = if indexed.verified {
        ": the content matches"
    } else {
        ""
    };
    format!(
        "index       {}\ntext        {marked}\nanswers     {}\nwindows     {} of {} token{}, {} distinct\n\
         size        {} bytes{per_window}\n{skipped}tokenizer   {tokenizer}\ncontent     SHA-256 {}{checked}\n",
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
