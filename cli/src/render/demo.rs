//! `demo` in words.

use super::examine::verdict;
use super::p_value::p_text;
use crate::results::demo::Demo;
use hallmark_detector::finding::{Finding, Found};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) fn demo_text(demo: &Demo, kept: Option<&Path>) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "\nThe teacher's answers were marked with key {}.",
        demo.key_id
    );
    let _ = writeln!(
        text,
        "In them the mark is plain: p = {}.",
        demo.teacher_log10_p
    );
    for student in &demo.students {
        let what = if student.trained_on_marked {
            "marked"
        } else {
            "unmarked"
        };
        let of = |key: &str| -> Vec<&Finding> {
            student
                .tests
                .iter()
                .filter(|finding| finding.key_id == key)
                .collect()
        };
        let (own, unused) = (of(&demo.key_id), of(&demo.unused_key_id));
        let _ = writeln!(
            text,
            "\nThe student of {what} answers ({} answers of its own, {} cells scored)",
            student.counts.answers, student.counts.scored
        );
        let _ = writeln!(
            text,
            "  key {} (marked the teacher): {}",
            demo.key_id,
            verdict(&own)
        );
        let _ = writeln!(
            text,
            "  key {} (never used): {}",
            demo.unused_key_id,
            verdict(&unused)
        );
        for finding in own {
            match &finding.found {
                Found::T3(_) => {
                    let _ = writeln!(
                        text,
                        "  e-process, valid at any look: p = {} (adjusted)",
                        p_text(finding.log10_p_adjusted)
                    );
                }
                Found::T5(found) => {
                    let _ = writeln!(
                        text,
                        "  line-up: rank {} of the key among {} decoys",
                        found.rank, found.decoys
                    );
                }
                // T1 is in the verdict, and the demo gives no weights, controls or log-probabilities.
                _ => {}
            }
        }
    }
    text.push_str("\nWhat this does not show:\n");
    for line in &demo.does_not_show {
        let _ = writeln!(text, "- {line}");
    }
    if let Some(folder) = kept {
        let folder = folder.display();
        let _ = writeln!(
            text,
            "\nKeys, profile, answers and findings are in {folder}. Examine a student again with:"
        );
        let _ = writeln!(
            text,
            "  hallmark examine --key {folder}/keys/harvesters.key --key {folder}/keys/never-used.key \\\n    --profile {folder}/profile.toml {folder}/student-marked.jsonl"
        );
    }
    text
}
