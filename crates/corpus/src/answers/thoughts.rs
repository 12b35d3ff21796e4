//! Thoughts that stand in front of an answer in its own text: `<think>…</think>`.
//!
//! They count as shown, as those in a field of their own do: whether a service writes them into the text or beside it decides nothing.

/// Names of the tags.
const TAGS: [&str; 5] = ["think", "thinking", "thought", "reasoning", "reflection"];

/// The thoughts and the answer behind them; nothing where the text begins with none. Thoughts that are never closed are all there is.
///
/// Templates open the first tag themselves, so a closing tag without an opening one ends thoughts too.
pub(super) fn apart(text: &str) -> Option<(&str, &str)> {
    let begin = text.trim_start();
    TAGS.into_iter().find_map(|tag| {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        let is_open = begin.starts_with(&open);
        match text.split_once(&close) {
            Some((thoughts, answer)) if is_open || !thoughts.contains(&open) => {
                Some((thoughts, answer.trim_start()))
            }
            None if is_open => Some((text, "")),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn thoughts_in_front_are_told_from_the_answer() {
        for (text, answer) in [
            ("<think>\nhm\n</think>\n\nThe gate.", Some("The gate.")),
            ("hm\n</think>\n\nThe gate.", Some("The gate.")),
            ("\n<thinking>hm</thinking>The gate.", Some("The gate.")),
            ("<think>hm and never", Some("")),
            ("The gate.", None),
            ("Write <think>hm</think> in front.", None),
            ("a <think> b", None),
        ] {
            assert_eq!(apart(text).map(|(_, answer)| answer), answer, "{text}");
        }
    }
}
