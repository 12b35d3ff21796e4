//! Files that went in: those that the plan names, each for what the plan reads it, and what is said of an index is of its file.

use super::printed::{Printed, Read};
use super::table::Table;

/// What files are read for, and where a plan names them, in the order of a result.
const ROLES: [(&str, &str); 13] = [
    ("answers", "answers.files"),
    ("requests", "answers.requests"),
    ("log", "logs"),
    ("probe", "probes"),
    ("provider-log", "provider_logs"),
    ("tokenizer", "answers.tokenizer"),
    ("harvest", "weighing.harvests"),
    ("first-visits", "first_visits"),
    ("background", "weighing.background"),
    ("reference", "references"),
    ("logprobs", "logprobs"),
    ("reference-logprobs", "reference_logprobs"),
    ("calibration", "calibration.table"),
];

/// Where a result says more of files: what they are read for, and where it does.
const SAID: [(&str, &str); 7] = [
    ("harvest", "harvests"),
    ("first-visits", "first_visits"),
    ("background", "background"),
    ("logprobs", "logprobs.files"),
    ("reference", "reference.files"),
    ("log", "collection.logs"),
    ("provider-log", "quoted.logs"),
];

/// Checks the list of files that went in.
pub(crate) fn check(table: &mut Table, examined: Printed<'_>) {
    let what = "inputs: the plan's files, each for what the plan reads it";
    let (planned, files) = match (planned(examined.at("plan")), files(examined)) {
        (Ok(planned), Ok(files)) => (planned, files),
        (Err(why), _) | (_, Err(why)) => return table.fails(what, why),
    };
    for (role, place) in SAID {
        if !examined.is_absent(place) {
            let own = planned.iter().filter(|(other, _)| *other == role);
            let own = own.map(|(_, name)| name.clone()).collect();
            let what = format!("{place}: the plan's files");
            table.same(what, names(examined, place), own);
        }
    }
    let files = files.into_iter().filter(|(_, name)| name != STDIN);
    table.same(what, Ok(files.collect()), planned);
}

/// The name of what came from no file.
const STDIN: &str = "-";

fn planned<'a>(plan: Printed<'_>) -> Read<Vec<(&'a str, String)>> {
    let mut planned = vec![];
    for (role, place) in ROLES {
        let names = match plan.at(place).json().as_str() {
            Some(name) => vec![name],
            None => plan.texts(place)?,
        };
        let names = names.into_iter().filter(|name| *name != STDIN);
        planned.extend(names.map(|name| (role, plain(name))));
    }
    Ok(planned)
}

fn files<'a>(examined: Printed<'a>) -> Read<Vec<(&'a str, String)>> {
    let inputs = examined.list("inputs")?.into_iter();
    let file = |input: Printed<'a>| Ok((input.text("role")?, plain(input.text("file")?)));
    inputs.map(file).collect()
}

/// Names that stand in a list, alone or as the files of what is said.
fn names(examined: Printed<'_>, place: &str) -> Read<Vec<String>> {
    let said = match examined.at(place).json().is_object() {
        true => vec![examined.at(place)],
        false => examined.list(place)?,
    };
    let name = |one: Printed<'_>| match one.json().as_str() {
        Some(name) => Ok(plain(name)),
        None => one.text("file").map(plain),
    };
    said.into_iter().map(name).collect()
}

/// A name as results print it: control characters escaped.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter.is_control() {
            true => plain.extend(letter.escape_default()),
            false => plain.push(letter),
        }
    }
    plain
}
