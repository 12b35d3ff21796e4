//! The demo: the main job, on its default seed.

use crate::bench::Bench;
use serde_json::Value;

/// The student of marked answers is found and the other is not, as the study's table says of this
/// seed; what the demo keeps gives the same findings again.
#[test]
fn the_marked_student_is_found_and_the_clean_one_is_not() {
    let bench = Bench::new();
    let demo = bench.json("--quiet demo --keep story");
    let students = demo["students"].as_array().unwrap();
    let [marked, clean] = &students[..] else {
        panic!("{demo}")
    };
    assert_eq!(
        (&marked["trained_on_marked"], &clean["trained_on_marked"]),
        (&true.into(), &false.into())
    );
    let p = |value: &Value| value.as_f64().unwrap();
    assert!(p(&marked["log10_p"]) < -6.0, "{}", marked["log10_p"]);
    assert!(p(&clean["log10_p"]) > -2.0, "{}", clean["log10_p"]);
    assert!(p(&marked["unused_log10_p"]) > -2.0 && p(&clean["unused_log10_p"]) > -2.0);

    for (student, name) in [(marked, "marked"), (clean, "clean")] {
        let again = bench.json(&format!(
            "examine --key story/keys/harvesters.key --key story/keys/never-used.key \
             --profile story/profile.toml story/student-{name}.jsonl"
        ));
        assert_eq!(again["tests"], student["tests"], "{name}");
    }
    let found = bench.json("detect --key story/keys/harvesters.key --profile story/profile.toml story/teacher-marked.jsonl");
    assert!(p(&found["pooled"]["log10_p"]) < -100.0);
    let kept: Value = serde_json::from_str(&bench.read("story/findings.json")).unwrap();
    assert_eq!(kept, demo);
    bench.refused("demo --keep story", 2, &["story exists already"]);
}
