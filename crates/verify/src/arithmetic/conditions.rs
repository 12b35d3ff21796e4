//! What findings rest on and what they do not show, as printed: the same words for everybody (`docs/conditions.md`), with numbers that stand
//! elsewhere in the findings. Whoever signs can write neither a condition away nor into one what he would like to have shown.

use super::cut::cut;
use super::printed::{Printed, Read};
use super::table::Table;

/// Checks conditions and what is not shown.
pub(crate) fn check(table: &mut Table, examined: Printed<'_>) {
    table.same(
        "what this does not show: the words of every examination",
        examined.texts("does_not_show"),
        DOES_NOT_SHOW.to_vec(),
    );
    let what = "conditions: those of these tests, in the words of every examination";
    let (ours, printed) = match (of(examined), examined.list("conditions")) {
        (Ok(ours), Ok(printed)) => (ours, printed),
        (Err(why), _) | (_, Err(why)) => return table.fails(what, why),
    };
    let differs = ours
        .iter()
        .zip(&printed)
        .find(|(ours, printed)| !ours.is(**printed));
    table.holds(
        what,
        differs.is_none() && ours.len() == printed.len(),
        || match differs {
            Some((ours, printed)) => cut(&format!("{}: {}", ours.condition, printed.json())),
            None => format!("{} printed, {} expected", printed.len(), ours.len()),
        },
    );
}

const DOES_NOT_SHOW: [&str; 6] = [
    "A p-value is not the chance that the suspect is innocent: it is how often a random key would give as much.",
    "Dependence on a key does not say who trained on the text, when, by which way it came, or whether that was allowed.",
    "Answers that were relayed from the marked service itself also depend on its key: ask where the answers were made.",
    "A passage copied from something the records do not show counts as the suspect's own: records must hold all that was shown.",
    "Weights and control samples that were made with the key in hand can show anything: who made each file, when and from what, is part of the case.",
    "A high p-value does not show that nothing was trained on: see the smallest effect that was visible.",
];

/// Every test, in the order of the documents.
const ALL: [&str; 9] = ["T1", "T2", "T2r", "T3", "T3r", "T5", "T6", "T8", "T9"];

const PERSON: &str = "person";
const PROGRAM: &str = "program";
const PLAN: &str = "plan";

/// A condition as it has to stand.
struct Condition<'a> {
    condition: &'static str,
    tests: Vec<&'a str>,
    /// Who checked it and what was seen: one of these, where more than the findings decides which.
    one_of: Vec<(&'static str, String)>,
}

impl Condition<'_> {
    fn is(&self, printed: Printed<'_>) -> bool {
        let checked = (printed.text("checked_by"), printed.text("how"));
        let (Ok(by), Ok(how)) = checked else {
            return false;
        };
        printed.text("condition") == Ok(self.condition)
            && printed.texts("tests").as_ref() == Ok(&self.tests)
            && self
                .one_of
                .iter()
                .any(|(ours, words)| *ours == by && words == how)
    }
}

/// The conditions of what was found.
fn of<'a>(examined: Printed<'a>) -> Read<Vec<Condition<'a>>> {
    let tests = examined.list("tests")?;
    let mut names = vec![];
    let mut weighted = vec![];
    let mut unproven = vec![];
    for test in &tests {
        names.push(test.text("test")?);
        unproven.extend(test.texts("unproven")?);
        if test
            .text_or_none("weights")?
            .is_some_and(|of| of != "first-visits")
        {
            weighted.push(test.text("test")?);
        }
    }
    let among = |wanted: &[&'static str], found: &[&str]| -> Vec<&'a str> {
        let wanted = wanted.iter().copied();
        wanted.filter(|name| found.contains(name)).collect()
    };
    let made = |wanted: &[&'static str]| among(wanted, &names);
    let is_unproven = |condition: &str| unproven.contains(&condition);
    let all = made(&ALL);
    let mut conditions = vec![];
    let mut add = |condition, tests: Vec<&'a str>, one_of: Vec<(&'static str, String)>| {
        if !tests.is_empty() {
            conditions.push(Condition {
                condition,
                tests,
                one_of,
            });
        }
    };
    add(
        "The key was drawn at random and fixed before the answers, and not chosen among several",
        all.clone(),
        vec![(PERSON, "show a commitment to the key, its epoch and its cohort's name that is older than the answers".to_owned())],
    );
    add(
        "Every key and every setting that was tried is in this result",
        all.clone(),
        vec![(
            PERSON,
            format!(
                "show that the plan ({} keys) is older than the answers and that there was no other",
                examined.list("plan.keys")?.len()
            ),
        )],
    );
    let answers = examined.whole("counts.answers")?;
    let unknown = examined.whole("counts.exposure_unknown")?.min(answers);
    add(
        "Everything that the suspect was shown is in the records",
        all.clone(),
        vec![(
            PERSON,
            format!(
                "{} of {answers} answers say what was shown, {} of them that nothing was; that the records are complete is their maker's word",
                answers - unknown,
                examined.whole("answers.nothing_shown")?
            ),
        )],
    );
    add(
        "No answer was left out, changed or repeated because of what it says",
        all.clone(),
        vec![nothing_left_out(examined)?],
    );
    add(
        "How many answers were asked for was fixed before any was scored",
        made(&["T1", "T2", "T2r", "T3r", "T5", "T6", "T8", "T9"]),
        vec![(
            PERSON,
            "looking, and then asking for more, breaks it".to_owned(),
        )],
    );
    add(
        "Prompts were chosen without answers that a tested key had marked",
        all.clone(),
        prompts(examined, is_unproven("key-free-prompts"))?,
    );
    add(
        "Answers that a tested key marked were not shown to the suspect, quoted or in part; or all their windows are left out of all answers",
        all.clone(),
        vec![(PERSON, quoted(examined)?)],
    );
    if !examined.is_absent("reading.normalised") && examined.at("reading.normalised").json() == true
    {
        add(
            "That characters changed for looks are undone was fixed before any score was known",
            all.clone(),
            vec![(
                PLAN,
                format!(
                    "the table is fixed and looks at no key; it changed {} characters in {} of {answers} answers, and {} in what was shown",
                    sum_of(examined, "reading.dressed")?,
                    whole_or_none(examined, "reading.dressed_answers")?,
                    sum_of(examined, "reading.dressed_shown")?
                ),
            )],
        );
    }
    let as_tokens = examined.whole("answers.as_tokens")?;
    if as_tokens > 0 {
        add(
            "Answers that came as token ids are the tokens that the model sampled, or those of their text",
            all.clone(),
            vec![(
                PERSON,
                format!(
                    "{as_tokens} answers came as token ids; {} of them are not cut as the tokenizer cuts their text",
                    examined.whole("answers.cut_otherwise")?
                ),
            )],
        );
    }
    add(
        "The order of the answers was fixed without the key",
        made(&["T3"]),
        vec![order(examined.text("answers.order")?)?],
    );
    add(
        "The log of first visits is whole: it has every answer under the key, unsent ones too, token by token as they were sampled, in an order in which everything that a prompt holds comes before it; no answer was left out because of what it says",
        made(&["T3r"]),
        vec![(PERSON, visits(examined, !is_unproven("log-as-sampled"))?)],
    );
    let ring = examined
        .at("profile")
        .at("ring")
        .json()
        .as_u64()
        .unwrap_or(1);
    if ring > 1 {
        add(
            "The sub-key of each request was drawn without the keys, and the log names the one that marked it",
            made(&["T3r"]),
            vec![(
                PERSON,
                format!(
                    "each record names one of {ring} sub-keys; that it is the right one, and how it was drawn, is the log's keeper's word"
                ),
            )],
        );
    }
    if !examined.is_absent("plan.weighing.background") {
        add(
            "The background is older than the tested key's first use; or unmarked models made it that were not trained after that, on prompts that depend on no answer under the key",
            made(&["T2", "T2r", "T3", "T3r"]),
            vec![(PERSON, "the index says when it was made and of which files; show when the key was used first".to_owned())],
        );
    }
    add(
        "Weights were fixed without the key: indexes name the key that marked their text, and no prompt in their text depends on answers under a tested key",
        among(&ALL, &weighted),
        vec![match is_unproven("key-free-weights") {
            true => (PROGRAM, "it does not hold: an index was made of text that a tested key marked".to_owned()),
            false => (PERSON, "no index names a tested key; that each names the right one, and when its text is from, is its maker's word".to_owned()),
        }],
    );
    let references = examined.list_or_none("plan.references")?.len()
        + examined.list_or_none("plan.reference_logprobs")?.len();
    if references > 0 {
        let reference = examined.at("reference");
        let skipped = match reference.json().is_null() {
            true => String::new(),
            false => left_out(reference.at("skipped"))?,
        };
        add(
            "The control's answers were made without marked text, and chosen without the key",
            made(&["T2r", "T3r", "T9"]),
            vec![(
                PERSON,
                skipped + "show which model made them, and that it is older than the mark",
            )],
        );
    }
    Ok(conditions)
}

fn nothing_left_out(examined: Printed<'_>) -> Read<(&'static str, String)> {
    let skipped = left_out(examined.at("skipped"))?;
    let log = examined.at("collection");
    if log.json().is_null() {
        return Ok((
            PERSON,
            skipped + "show the collection's log, or how the answers were drawn",
        ));
    }
    if log.list("logs")?.len() < examined.list("plan.answers.files")?.len() {
        return Ok((
            PERSON,
            skipped
                + "some files of answers have a log, with which they agree; of the others show how they were drawn",
        ));
    }
    let number = |field: &str| log.whole(field);
    Ok((
        PROGRAM,
        skipped
            + &format!(
                "{} answers are what the log has, {} of them cut off, {} refused or filtered, {} had more than once; {} others could not be had; that the log is whole is its keeper's word",
                number("answers")?,
                number("cut")?,
                number("refused")?,
                number("asked_again")?,
                number("failed")?
            ),
    ))
}

/// What was in the files and is in no test.
fn left_out(skipped: Printed<'_>) -> Read<String> {
    let mut words = String::new();
    let records = skipped.whole("records")?;
    if records > 0 {
        let share = 100.0 * skipped.number_or_none("share")?.unwrap_or(0.0);
        words += &format!("{records} bad records were skipped, {share:.1}% of all; ");
    }
    let failed = whole_or_none(skipped, "failed")?;
    if failed > 0 {
        words += &format!("{failed} requests failed and have no answer; ");
    }
    let unanswered = whole_or_none(skipped, "unanswered")?;
    if unanswered > 0 {
        words += &format!("{unanswered} requests that were given are answered by no record; ");
    }
    Ok(words)
}

/// Which prompts were asked is in the collection's log, which is not in the findings: two ways are left where a result of `probe` was given.
fn prompts(examined: Printed<'_>, by_tested_key: bool) -> Read<Vec<(&'static str, String)>> {
    if examined.list_or_none("plan.probes")?.is_empty() {
        let how = "give the result of `probe` that chose them, or show where they are from";
        return Ok(vec![(PERSON, how.to_owned())]);
    }
    if by_tested_key {
        let how = "it does not hold: they were chosen by the answers of a tested key's log";
        return Ok(vec![(PROGRAM, how.to_owned())]);
    }
    let is_to_be_shown = "the results of `probe` name no tested key (without an index they name none); that these answers are to those prompts is to be shown, for instance by the collection's log";
    let were_asked = "they are those that the results of `probe` name, which were not chosen by an index of a tested key's text; that the indexes name the right keys is their maker's word";
    let mut ways = vec![(PERSON, is_to_be_shown.to_owned())];
    if !examined.is_absent("collection") {
        ways.push((PROGRAM, were_asked.to_owned()));
    }
    Ok(ways)
}

fn quoted(examined: Printed<'_>) -> Read<String> {
    let found = examined.at("quoted");
    if found.json().is_null() {
        return Ok(
            "give the provider's log (--provider-log), or show that no prompt has such text"
                .to_owned(),
        );
    }
    let number = |field: &str| found.whole(field);
    Ok(format!(
        "of {} answers in the log {} share 24 letters in a row with what was shown ({} of them with earlier assistant's turns only): their {} windows are left out of all answers, and where that takes away any of the {} tokens behind them, the larger p of the examinations with and without them counts; shorter quotations are not seen, and that this is the tested keys' whole log is its keeper's word",
        number("answers")?,
        number("quoted")?,
        whole_or_none(found, "by_assistant_turns")?,
        number("windows")?,
        number("left_out")?
    ))
}

fn order(order: &str) -> Read<(&'static str, String)> {
    let (by, how) = match order {
        "log" => (
            PROGRAM,
            "the answers stand as the collection's log has them",
        ),
        "hash" => (
            PLAN,
            "they were put in the order of a hash of their content; show that its seed is older than the answers",
        ),
        "unproven" => (
            PERSON,
            "nothing says so: give the collection's log, records whose ids ascend, or --order-by-hash",
        ),
        "one-answer" => (PERSON, "there is one answer; show that it is one"),
        "ids" => (
            PERSON,
            "the records' ids ascend; show that whoever answered or asked numbered them",
        ),
        other => return Err(format!("no order is {}", cut(other))),
    };
    Ok((by, how.to_owned()))
}

fn visits(examined: Printed<'_>, as_sampled: bool) -> Read<String> {
    if !as_sampled {
        return Ok(
            "its index does not say that tokens are those that were sampled, or in which order"
                .to_owned(),
        );
    }
    let mut missing: u64 = 0;
    for index in examined.list_or_none("first_visits")? {
        missing = missing.saturating_add(whole_or_none(index, "missing")?);
    }
    Ok(format!(
        "its index was made from token ids of records in ascending order, {missing} numbers between which have no answer or an empty one; that these are the tokens as sampled, in the order of the requests, and all of them, is its keeper's word"
    ))
}

/// A number that is left out where it is 0.
fn whole_or_none(place: Printed<'_>, path: &str) -> Read<u64> {
    match place.is_absent(path) {
        true => Ok(0),
        false => place.whole(path),
    }
}

/// The sum of a table of numbers, which is left out where it is empty.
fn sum_of(place: Printed<'_>, path: &str) -> Read<u64> {
    let numbers = place.at(path).json().as_object();
    let mut numbers = numbers
        .into_iter()
        .flatten()
        .map(|(_, number)| number.as_u64());
    let sum = numbers.try_fold(0_u64, |sum, number| sum.checked_add(number?));
    sum.ok_or_else(|| format!("`{path}` has something that is no number"))
}
