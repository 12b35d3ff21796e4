//! One JSON object into its records: by its layout, or by the fields that are mapped.
//!
//! The object is walked along the mapped paths; of everything beside them the strings are kept as exposure. What is not
//! read must still be valid JSON and not too deep.

use std::sync::Arc;

use super::json_fields::{Role, fill};
use crate::answers::Held;
use crate::calls::lacks_a_result;
use crate::elsewhere::{asks_in_numbers, points_elsewhere};
use crate::error::Reason;
use crate::exposure::Said;
use crate::failed::{asker, failure, flat};
use crate::fields::Field;
use crate::found::{Found, Shown, name_keys, no_answer};
use crate::layouts::{self, Contender, Exchange, Laid, Layout};
use crate::names::names_shown;
use crate::options::ReadOptions;
use crate::record::{Record, Source};
use crate::strings::strings;
use crate::talk::asked;
use crate::tree::{Parsed, Tree, parse};

/// Reads the records of one JSON object: one for each answer, or why it is none.
pub(crate) fn records(
    bytes: &[u8],
    source: &Source,
    options: &ReadOptions,
) -> Result<Vec<Result<Record, Reason>>, Reason> {
    let is_list = bytes.trim_ascii_start().first() == Some(&b'[');
    let mut read = match parse(bytes, options.limits.nesting()) {
        Err(_) if is_list => return Err(Reason::NotAnObject { found: "a list" }),
        read => read?,
    };
    if let Some(tree) = layouts::of_list(&mut read.tree) {
        read.tree = tree;
    }
    let up_to = read.utf8_up_to;
    let records = records_of(read, source, options)?;
    let Some(at) = up_to else {
        return Ok(records);
    };
    // Bytes that are no text may stand anywhere but in the answer.
    let is_whole = |record: &Record| match record.body.text() {
        Some(text) => !text.contains(char::REPLACEMENT_CHARACTER),
        None => true,
    };
    let records = records.into_iter().map(|record| match record {
        Ok(record) if !is_whole(&record) => Err(Reason::Utf8 { at }),
        record => record,
    });
    Ok(records.collect())
}

/// The same of a tree.
pub(crate) fn records_of(
    read: Parsed,
    source: &Source,
    options: &ReadOptions,
) -> Result<Vec<Result<Record, Reason>>, Reason> {
    let Parsed {
        mut tree,
        has_halves,
        ..
    } = read;
    if !tree.is_object() {
        return Err(Reason::NotAnObject { found: tree.kind() });
    }
    layouts::of_page(&mut tree);
    let fields = &options.fields;
    let is_record = |tree: &Tree| tree.fields().iter().any(|(name, _)| fields.is_body(name));
    let may_be_wrapped =
        options.layout.is_none() && !is_record(&tree) && layouts::told(&tree).is_none();
    let wrapper = may_be_wrapped
        .then(|| layouts::wrapped(&tree, is_record))
        .flatten();
    let Some(Tree::List(rows)) = wrapper.and_then(|name| tree.take(name)) else {
        return of_object(tree, has_halves, source, options).map(numbered);
    };
    // What stands around the list was shown with each of its records, or may have been.
    let mut around = vec![];
    strings(tree.clone(), &Arc::from("around"), &mut around);
    let mut held = Held::new(&options.limits);
    let mut all = vec![];
    for mut row in rows {
        if let Some(inner) = row.take("row") {
            row = inner;
        }
        if !around.is_empty() {
            held.add(around.iter().map(Said::held).sum())?;
            row.put("around", tree.clone());
        }
        match of_object(row, has_halves, source, options) {
            Ok(records) => all.extend(records),
            Err(reason) => all.push(Err(reason)),
        }
    }
    Ok(numbered(all))
}

/// The records of one object.
fn of_object(
    mut tree: Tree,
    has_halves: bool,
    source: &Source,
    options: &ReadOptions,
) -> Result<Vec<Result<Record, Reason>>, Reason> {
    let by_fields =
        options.fields.maps_answer() || options.layout.is_some_and(Layout::is_by_fields);
    if !by_fields {
        layouts::open(&mut tree, |name| options.fields.is_body(name));
    }
    let failed = failure(&tree);
    let keys: Vec<String> = tree.fields().iter().map(|(key, _)| key.clone()).collect();
    let is_mapped = options.fields.given().next().is_some();
    let is_prompt = |field| matches!(field, Field::Prompt | Field::PromptTokens);
    let names_no_prompt = options.fields.maps_answer() && !options.fields.given().any(is_prompt);
    let beside = Found {
        has_halves,
        points_elsewhere: points_elsewhere(&tree) || lacks_a_result(&tree, &options.roles),
        asks_in_numbers: asks_in_numbers(&tree),
        shown: names_shown(&tree)
            .map(|said| Shown::Strings(vec![said]))
            .collect(),
        names: is_mapped.then(|| name_keys(&keys).into()),
        asks: names_no_prompt && asks_by_turns(&tree, options),
        ..Found::default()
    };
    let mut id = None;
    let named = |reason: Reason| match (reason, &failed) {
        (
            Reason::NoLayout { .. }
            | Reason::NoAnswer { .. }
            | Reason::Failed { .. }
            | Reason::Kind { .. },
            Some(failure),
        ) => Reason::Failed {
            failure: failure.clone(),
        },
        (reason, _) => reason,
    };
    let is_said = by_fields || options.layout.is_some();
    let is_none = flat(&tree).or_else(|| asker(&tree).filter(|_| !is_said));
    if let Some(failure) = is_none {
        return Err(Reason::Failed { failure });
    }
    if !is_said && let Some(join) = layouts::piece_of_stream(&tree) {
        return Err(Reason::Piece { join });
    }
    if !by_fields && let Some(span) = layouts::asks_alone(&tree) {
        return Err(Reason::Asked { span });
    }
    let hint = if is_said { None } else { layouts::hint(&tree) };
    let contenders = if is_said {
        vec![]
    } else {
        layouts::contenders(&tree)
    };
    let is_named = !is_said && layouts::names_answer(&tree);
    let seems = layouts::told(&tree);
    let laid = match by_fields {
        true => None,
        false => layouts::read(&mut tree, options.layout, options.all_turns),
    };
    let no_answer = |is_null: bool| {
        // Null where another field may be the answer says that this one is not.
        if is_null && !is_named && contenders.is_empty() {
            let failure = "the answer is null".to_owned();
            return Reason::Failed { failure };
        }
        match options.fields.answer_paths() {
        paths if paths.is_empty() => Reason::NoLayout {
            found: no_answer(&keys),
            hint: hint.clone(),
        },
        paths => Reason::NoLayout {
            found: format!("nothing stands at {paths}; {}", name_keys(&keys)),
            hint: Some("correct the path of `--field`: names with dots between, and positions in lists from 0".to_owned()),
        },
    }
    };
    let all = match (laid, options.layout) {
        (Some(laid), Some(layout))
            if seems != Some(layout) && failed.is_none() && laid.is_empty() =>
        {
            let found = name_keys(&keys);
            Err(Reason::OtherLayout {
                layout: layout.name(),
                found,
                seems: seems.map(Layout::name),
            })
        }
        (Some(laid), _) => {
            let may = layouts::may_have_rivals(laid.layout);
            let left = if may {
                layouts::contenders(&tree)
            } else {
                vec![]
            };
            match two_answers(&layouts::rivals(&contenders, &left)) {
                Some(reason) if may => Err(reason),
                _ => of_layout(laid, tree, source, options, beside, &mut id),
            }
        }
        (None, _) => {
            let own = |one: &Contender| !options.fields.is_body(one.name);
            let left: Vec<Contender> = contenders.iter().filter(|one| own(one)).cloned().collect();
            let is_read = |key: &String| options.fields.is_body(key);
            let says = tree
                .fields()
                .iter()
                .any(|(name, value)| is_read(name) && layouts::says(value));
            let named = keys
                .iter()
                .any(|key| is_read(key) && tree.get(key).is_some());
            let rivals = match says {
                true if !is_said && !layouts::beside_text(&tree).is_empty() => {
                    layouts::beside_text(&tree)
                }
                true => layouts::rivals(&contenders, &left),
                // Several answers, and none under a name that is read.
                false if left.len() > 1 => left.clone(),
                false => vec![],
            };
            // The field that is read is empty, and another is not.
            let empty = match &left[..] {
                [one] if named && !says && !is_said => Some(Reason::NoLayout {
                    found: name_keys(&keys),
                    hint: Some(format!(
                        "the field that is read is empty; if `{}` is the answer, add `{}`",
                        one.name, one.flag
                    )),
                }),
                _ => None,
            };
            match two_answers(&rivals).or(empty) {
                Some(reason) => Err(reason),
                None => fill(beside, tree, options, Role::Answer).and_then(|found| {
                    id.clone_from(&found.id);
                    let held = &mut Held::new(&options.limits);
                    found.into_records(None, source, options, held, no_answer)
                }),
            }
        }
    };
    // An empty text beside an error is what was kept of a request that failed.
    let failed_empty = |record: Record| match (record.body.text(), &failed) {
        (Some(text), Some(failure)) if text.trim().is_empty() => Err(Reason::Failed {
            failure: failure.clone(),
        }),
        _ => Ok(record),
    };
    let all = all.map_err(&named).map(|all| {
        let all = all
            .into_iter()
            .map(|one| one.and_then(failed_empty).map_err(&named));
        all.collect::<Vec<_>>()
    });
    if let (Some(requests), Some(id)) = (&options.requests, &id) {
        let is_failed = |reason: &Reason| matches!(reason, Reason::Failed { .. });
        let failed = match &all {
            Ok(all) => all.iter().any(|one| one.as_ref().is_err_and(is_failed)),
            Err(reason) => is_failed(reason),
        };
        if failed {
            requests.has_failed(id);
        }
    }
    all
}

/// Whether a record whose answer is named says who asked for it, in turns or requests as services have them.
fn asks_by_turns(tree: &Tree, options: &ReadOptions) -> bool {
    let turns = asked(tree.clone());
    turns.iter().any(|turn| {
        let role = turn.role.as_deref();
        turn.is_said() && !role.is_some_and(|role| options.roles.answers(role))
    })
}

/// Why fields that may each be the answer cannot be read, where there are several.
fn two_answers(rivals: &[Contender]) -> Option<Reason> {
    let names: Vec<String> = rivals.iter().map(|one| format!("`{}`", one.name)).collect();
    let flags: Vec<String> = rivals.iter().map(|one| format!("`{}`", one.flag)).collect();
    (rivals.len() > 1).then(|| Reason::TwoLayouts {
        found: names.join(" and "),
        flags: flags.join(" or "),
    })
}

/// Tells several answers of one record apart.
fn numbered(mut all: Vec<Result<Record, Reason>>) -> Vec<Result<Record, Reason>> {
    if all.len() > 1 {
        for (record, number) in all.iter_mut().zip(1..) {
            if let Ok(record) = record {
                record.source.answer = number;
            }
        }
    }
    all
}

/// The records of a recognised layout.
fn of_layout(
    laid: Laid,
    rest: Tree,
    source: &Source,
    options: &ReadOptions,
    beside: Found,
    record_id: &mut Option<String>,
) -> Result<Vec<Result<Record, Reason>>, Reason> {
    let Laid {
        layout,
        exchanges,
        id,
    } = laid;
    let mut beside = fill(beside, rest, options, Role::Beside)?;
    beside.id = beside.id.filter(|_| id.is_none()).or(id);
    record_id.clone_from(&beside.id);
    let held = &mut Held::new(&options.limits);
    let several = exchanges.len() > 1;
    let mut records = vec![];
    for (number, exchange) in exchanges.into_iter().enumerate() {
        let mut found = beside.clone();
        if several && let Some(id) = &mut found.id {
            *id = format!("{id}.call{number}");
        }
        let Exchange {
            asked,
            replies,
            rest,
            is_branch,
            ..
        } = exchange;
        if replies.is_empty() {
            let failure = "no answer".to_owned();
            records.push(Err(Reason::Failed { failure }));
            continue;
        }
        // Who asked behind a call showed what it gave.
        found.points_elsewhere |= asked.last().is_some_and(|turn| {
            let role = turn.role.as_deref();
            role.is_some_and(|role| options.roles.answers(role)) && !turn.calls().is_empty()
        });
        found.start_field();
        found.strings_mut().extend(rest);
        found.prompt_turns = (!asked.is_empty()).then(|| Arc::unwrap_or_clone(asked));
        found.replies = Some(replies);
        found.is_branch = is_branch;
        records.extend(
            found.into_records(Some(layout), source, options, held, |_| Reason::Failed {
                failure: "no answer".to_owned(),
            })?,
        );
    }
    if records.is_empty() {
        let failure = "no answer".to_owned();
        records.push(Err(Reason::Failed { failure }));
    }
    Ok(records)
}

/// One JSON object of text that is UTF-8.
pub(crate) fn tree(bytes: &[u8], options: &ReadOptions) -> Result<Tree, Reason> {
    let Parsed {
        tree, utf8_up_to, ..
    } = parse(bytes, options.limits.nesting())?;
    if let Some(at) = utf8_up_to {
        return Err(Reason::Utf8 { at });
    }
    if !tree.is_object() {
        return Err(Reason::NotAnObject { found: tree.kind() });
    }
    Ok(tree)
}
