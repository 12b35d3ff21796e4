//! Chats in one text: templates put marks between turns, and programs log the prompt and its answer as the model saw them.
//!
//! ```text
//! <|im_start|>user\nA colour?<|im_end|>\n<|im_start|>assistant\nTeal.<|im_end|>
//! ```
//!
//! What stands between marks is a turn. What stands before the first of them is nobody's, and was shown.

use std::sync::Arc;

use super::kind::Kind;
use super::message::Message;
use super::roles::Roles;
use crate::exposure::Said;
use memchr::memmem;

/// A template: its marks, and where they may stand.
struct Template {
    /// What stands in every text of it, one of these: most texts have none, and are not looked at further.
    signs: &'static [&'static str],
    marks: &'static [Mark],
    stand: Stand,
}

/// What begins a turn.
enum Mark {
    /// A turn of this role.
    Of(&'static str, &'static str),
    /// The role stands between these.
    Named(&'static str, &'static str),
}

/// Where marks stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// Anywhere: they are no words.
    Anywhere,
    /// Where a line begins.
    Line,
    /// Where a word begins.
    Word,
}

use Mark::{Named, Of};

const TEMPLATES: [Template; 13] = [
    Template {
        signs: &["<|im_start|>"],
        marks: &[Named("<|im_start|>", "\n")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|start_header_id|>"],
        marks: &[Named("<|start_header_id|>", "<|end_header_id|>")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|header_start|>"],
        marks: &[Named("<|header_start|>", "<|header_end|>")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|start_of_role|>"],
        marks: &[Named("<|start_of_role|>", "<|end_of_role|>")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<start_of_turn>"],
        marks: &[Named("<start_of_turn>", "\n")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|start|>"],
        marks: &[Named("<|start|>", "<|message|>")],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|im_middle|>"],
        marks: &[
            Named("<|im_system|>", "<|im_middle|>"),
            Named("<|im_user|>", "<|im_middle|>"),
            Named("<|im_assistant|>", "<|im_middle|>"),
        ],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["[INST]", "[/INST]"],
        marks: &[
            Of("[INST]", "user"),
            Of("[/INST]", "assistant"),
            Of("<<SYS>>", "system"),
            Of("<</SYS>>", "user"),
            Of("[SYSTEM_PROMPT]", "system"),
            Of("[AVAILABLE_TOOLS]", "system"),
            Of("[TOOL_RESULTS]", "tool"),
            Of("[/TOOL_RESULTS]", "assistant"),
        ],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["<|", "<\u{ff5c}", "[|", "<bot>"],
        marks: &[
            Of("<|system|>", "system"),
            Of("<|user|>", "user"),
            Of("<|observation|>", "tool"),
            Of("<|assistant|>", "assistant"),
            Of("<|SYSTEM_TOKEN|>", "system"),
            Of("<|USER_TOKEN|>", "user"),
            Of("<|CHATBOT_TOKEN|>", "assistant"),
            Of("<|prompter|>", "user"),
            Of("[|system|]", "system"),
            Of("[|user|]", "user"),
            Of("[|assistant|]", "assistant"),
            Of("<human>:", "user"),
            Of("<bot>:", "assistant"),
            Of("<\u{ff5c}User\u{ff5c}>", "user"),
            Of("<\u{ff5c}Assistant\u{ff5c}>", "assistant"),
        ],
        stand: Stand::Anywhere,
    },
    Template {
        signs: &["### "],
        marks: &[
            Of("### System:", "system"),
            Of("### Instruction:", "user"),
            Of("### Input:", "user"),
            Of("### Context:", "user"),
            Of("### Human:", "user"),
            Of("### User:", "user"),
            Of("### Question:", "user"),
            Of("### Response:", "assistant"),
            Of("### Assistant:", "assistant"),
            Of("### Answer:", "assistant"),
        ],
        stand: Stand::Line,
    },
    Template {
        signs: &["Assistant:", "AI:"],
        marks: &[
            Of("Human:", "user"),
            Of("Assistant:", "assistant"),
            Of("AI:", "assistant"),
        ],
        stand: Stand::Line,
    },
    Template {
        signs: &["Assistant:"],
        marks: &[
            Of("System:", "system"),
            Of("User:", "user"),
            Of("Assistant:", "assistant"),
        ],
        stand: Stand::Line,
    },
    Template {
        signs: &["ASSISTANT:", "Assistant:"],
        marks: &[
            Of("USER:", "user"),
            Of("ASSISTANT:", "assistant"),
            Of("GPT4 Correct User:", "user"),
            Of("GPT4 Correct Assistant:", "assistant"),
        ],
        stand: Stand::Word,
    },
];

/// What ends a turn, whatever the template.
const ENDS: [&str; 18] = [
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|eot|>",
    "<|end_of_text|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<eos>",
    "</s>",
    "<|END_OF_TURN_TOKEN|>",
    "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
    "[/SYSTEM_PROMPT]",
    "[/AVAILABLE_TOOLS]",
    "<|user_end|>",
];

/// What may stand in front of a template's first mark and is a part of it.
const BEGINS: [&str; 8] = [
    "<s>",
    "<bos>",
    "<|begin_of_text|>",
    "<|endoftext|>",
    "<|START_OF_TURN_TOKEN|>",
    "<BOS_TOKEN>",
    "[gMASK]<sop>",
    "<\u{ff5c}begin\u{2581}of\u{2581}sentence\u{ff5c}>",
];

/// The longest name of a role, with its channel.
const LONGEST_ROLE: usize = 96;

/// A mark where it stands.
struct Found<'t> {
    at: usize,
    end: usize,
    role: &'t str,
}

/// The turns of a chat that a text holds; none where it is no chat.
///
/// Marks that are no words make a chat where one of them is the assistant's, or where the text begins with one. Marks that are words make
/// one where somebody asks first, and the assistant answers.
pub(crate) fn chat_in(text: &str, roles: &Roles) -> Option<Vec<Message>> {
    let chats = TEMPLATES.iter().filter_map(|template| {
        let mut signs = template.signs.iter();
        if !signs.any(|sign| holds(text, sign)) {
            return None;
        }
        let marks = marks(text, template);
        let first = marks.first()?;
        let is_own = |mark: &Found<'_>| roles.answers(name(mark.role));
        let is_answered = marks.iter().any(is_own);
        let is_chat = match template.stand {
            Stand::Anywhere => {
                is_answered || without_signs(&text[..first.at], &[&BEGINS]).is_empty()
            }
            Stand::Line | Stand::Word => is_answered && !is_own(first),
        };
        is_chat.then_some(marks)
    });
    // What a turn says may hold another template's marks.
    let marks = chats.min_by_key(|marks| marks[0].at)?;
    let mut turns = vec![];
    let before = without_signs(&text[..marks[0].at], &[&BEGINS]);
    if !before.is_empty() {
        turns.push(turn("", Kind::Other, before));
    }
    for (at, mark) in marks.iter().enumerate() {
        let end = marks.get(at + 1).map_or(text.len(), |next| next.at);
        let all = &text[mark.end..end];
        let ends = ENDS.iter().filter_map(|end| all.find(end));
        let (said, behind) = all.split_at(ends.min().unwrap_or(all.len()));
        let role = name(mark.role);
        let is_own = roles.answers(role);
        let kind = match is_thought(mark.role) {
            true => Kind::Other,
            false => Kind::Text,
        };
        // A turn of the assistant that says nothing is an answer, one of another's is a part of the template.
        if is_own || !said.trim().is_empty() {
            turns.push(turn(role, kind, said.trim()));
        }
        let behind = without_signs(behind, &[&ENDS, &BEGINS]);
        if !behind.is_empty() {
            turns.push(turn("", Kind::Other, behind));
        }
    }
    Some(turns)
}

fn turn(role: &str, kind: Kind, text: &str) -> Message {
    let (text, name) = (text.to_owned(), Arc::from("content"));
    Message {
        role: Some(role.to_owned()),
        strings: vec![(Said { text, name }, kind)],
        ..Message::default()
    }
}

fn holds(text: &str, sign: &str) -> bool {
    memmem::find(text.as_bytes(), sign.as_bytes()).is_some()
}

/// The marks of a template in their order.
fn marks<'t>(text: &'t str, template: &Template) -> Vec<Found<'t>> {
    let mut found = vec![];
    for mark in template.marks {
        let (Of(open, _) | Named(open, _)) = mark;
        for at in memmem::find_iter(text.as_bytes(), open) {
            let end = at + open.len();
            let stands = match template.stand {
                Stand::Anywhere => true,
                Stand::Line => begins_line(&text[..at]),
                Stand::Word => !text[..at].ends_with(char::is_alphanumeric),
            };
            let named = match mark {
                Of(_, role) => Some((*role, end)),
                Named(_, close) => {
                    // No further, so that marks that are never closed cost no time.
                    let last = text.floor_char_boundary(end + LONGEST_ROLE + close.len());
                    text[end..last]
                        .find(close)
                        .map(|length| (&text[end..end + length], end + length + close.len()))
                }
            };
            found.extend(
                named
                    .filter(|_| stands)
                    .map(|(role, end)| Found { at, end, role }),
            );
        }
    }
    found.sort_by_key(|mark| mark.at);
    // A role that is another mark is none.
    let mut end = 0;
    found.retain(|mark| {
        let is_next = mark.at >= end;
        end = if is_next { mark.end } else { end };
        is_next
    });
    found
}

fn begins_line(before: &str) -> bool {
    before
        .trim_end_matches([' ', '\t'])
        .chars()
        .next_back()
        .is_none_or(|c| matches!(c, '\n' | '\r' | '>'))
}

/// A text without the signs that stand in front of it.
fn without_signs<'t>(text: &'t str, signs: &[&[&str]]) -> &'t str {
    let mut rest = text.trim();
    let all = signs.iter().copied().flatten();
    while let Some(behind) = all.clone().find_map(|sign| rest.strip_prefix(sign)) {
        rest = behind.trim_start();
    }
    rest
}

/// A role without what stands behind its name: `assistant<|channel|>final`.
fn name(role: &str) -> &str {
    let role = role.trim();
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let end = role.find(|c| !is_name(c)).unwrap_or(role.len());
    &role[..end]
}

/// Whether a turn is on a channel of thoughts or of calls.
fn is_thought(role: &str) -> bool {
    let channel = role.split_once("<|channel|>");
    channel.is_some_and(|(_, channel)| !channel.trim_start().starts_with("final"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(text: &str) -> Option<Vec<(String, String)>> {
        let turns = chat_in(text, &Roles::default())?;
        let turns = turns.into_iter().map(|turn| {
            let said = turn.strings.iter().map(|(said, _)| said.text.as_str());
            (turn.role.clone().unwrap_or_default(), said.collect())
        });
        Some(turns.collect())
    }

    #[test]
    fn turns_stand_between_the_marks_of_their_template() {
        for text in [
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nA colour?<|im_end|>\n<|im_start|>assistant\nTeal.<|im_end|>\n",
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nA colour?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nTeal.<|eot_id|>",
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nA colour? [/INST] Teal. </s>",
            "<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]A colour?[/INST]Teal.</s>",
            "<|system|>\nBe brief.<|end|>\n<|user|>\nA colour?<|end|>\n<|assistant|>\nTeal.<|end|>",
            "<|start|>system<|message|>Be brief.<|end|><|start|>user<|message|>A colour?<|end|><|start|>assistant<|channel|>final<|message|>Teal.<|return|>",
            "### System:\nBe brief.\n\n### Instruction:\nA colour?\n\n### Response:\nTeal.",
            "System: Be brief.\nUser: A colour?\nAssistant: Teal.",
        ] {
            let expected = [
                ("system", "Be brief."),
                ("user", "A colour?"),
                ("assistant", "Teal."),
            ];
            let expected = expected.map(|(role, said)| (role.to_owned(), said.to_owned()));
            assert_eq!(turns(text).as_deref(), Some(&expected[..]), "{text}");
        }
        for (text, before) in [
            (
                "<bos>Be brief.<start_of_turn>user\nA colour?<end_of_turn>\n<start_of_turn>model\nTeal.<end_of_turn>",
                "Be brief.",
            ),
            (
                "Below is an instruction.\n\n### Instruction:\nA colour?\n\n### Response:\nTeal.",
                "Below is an instruction.",
            ),
            (
                "A chat with an assistant. USER: A colour? ASSISTANT: Teal.</s>",
                "A chat with an assistant.",
            ),
            (
                "Be brief.<\u{ff5c}User\u{ff5c}>A colour?<\u{ff5c}Assistant\u{ff5c}>Teal.",
                "Be brief.",
            ),
            (
                "It is told.\n\nHuman: A colour?\n\nAssistant: Teal.",
                "It is told.",
            ),
        ] {
            let turns = turns(text).unwrap();
            assert_eq!(turns[0], (String::new(), before.to_owned()), "{text}");
            assert_eq!(
                turns[1],
                ("user".to_owned(), "A colour?".to_owned()),
                "{text}"
            );
            assert_eq!(turns[2].1, "Teal.", "{text}");
        }
    }

    #[test]
    fn the_first_template_counts_and_texts_stay_texts() {
        let quoting = "<|im_start|>user\nWhat is [INST] a [/INST] b?<|im_end|>\n<|im_start|>assistant\nA mark.";
        let turns_of = turns(quoting).unwrap();
        assert_eq!(turns_of[1], ("assistant".to_owned(), "A mark.".to_owned()));
        let thinking = "<|start|>user<|message|>q<|end|><|start|>assistant<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>a";
        let turns_of = chat_in(thinking, &Roles::default()).unwrap();
        assert!(!turns_of[1].has_text() && turns_of[2].has_text());
        for text in [
            "The gate is shut.",
            "The mark <|im_start|>user\nbegins a turn.",
            "Assistant: one who helps.",
            "### Response:\nNobody asked.",
            "The assistant:\nwho? The user: me.",
            "### Input:\n[1]\n### Output:\n2",
        ] {
            assert_eq!(turns(text), None, "{text}");
        }
        // A prompt that nobody answered.
        assert_eq!(turns("<|im_start|>user\nq<|im_end|>").unwrap().len(), 1);
    }
}
