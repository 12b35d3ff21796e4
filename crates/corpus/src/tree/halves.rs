//! Half characters: a surrogate without its other half, as programs write that cut text between the two.

/// The JSON with every lone surrogate `\ud83d` as `\ufffd`; nothing where it has none.
pub(super) fn without_halves(json: &str) -> Option<String> {
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    let mut has_halves = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let (kept, taken) = match surrogate(escape) {
            Some(0xd800..0xdc00) if matches!(low(escape), Some(0xdc00..0xe000)) => {
                (&escape[..12], 12)
            }
            Some(0xd800..0xe000) => {
                has_halves = true;
                ("\\ufffd", 6)
            }
            _ => {
                // A backslash and what it escapes, which may be another.
                let end = escape.chars().nth(1).map_or(1, |c| 1 + c.len_utf8());
                (&escape[..end], end)
            }
        };
        whole.push_str(kept);
        rest = &escape[taken..];
    }
    whole.push_str(rest);
    has_halves.then_some(whole)
}

/// The value of the escape behind the first.
fn low(escape: &str) -> Option<u32> {
    surrogate(escape.get(6..)?)
}

/// The value of a `\u` escape that stands at the start.
fn surrogate(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}
