//! A record's fields as text, and why a record cannot be used.

use super::layout::{Field, Layout, is_plain};
use super::moment::seconds;
use std::borrow::Cow;

/// What a record has at the places of a layout: for each place its text, and attributes that name themselves.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    /// Why nothing of it can be used.
    pub(crate) bad: Option<Bad>,
    pub(crate) places: Vec<Option<Cow<'a, str>>>,
    pub(crate) own: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A record that can be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    /// Minutes since 1970; none in a table of attributes that does not say when.
    pub(crate) minute: Option<u32>,
    pub(crate) account: &'a str,
    pub(crate) unit: Option<&'a str>,
}

/// Which table a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Requests,
    Attributes,
}

/// Why a record cannot be used. What it holds is in no variant: it may be what nobody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bad {
    /// It is no record of its format.
    Malformed,
    /// It has no time.
    NoTime,
    /// Its time is none, or not between 1970 and 2105 or so.
    Time,
    /// It counts more than a minute.
    Coarse,
    /// It does not say who.
    NoAccount,
    /// It says what no attribute is: a kind without a value, or a kind that is no plain name.
    Attribute,
    /// A field is longer than 64 KiB.
    Long,
    /// A number is too large to be told from its neighbours.
    Number,
}

impl Bad {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Malformed => "is no record of its format",
            Self::NoTime => "has no time",
            Self::Time => "has a time that cannot be read",
            Self::Coarse => {
                "counts more than a minute, which says nothing of minutes (ask for the report with `bucket_width=1m`)"
            }
            Self::NoAccount => "names no account",
            Self::Attribute => {
                "has an attribute without a value, or of a kind that is no plain name"
            }
            Self::Long => "has a field of more than 64 KiB",
            Self::Number => {
                "has a number that is too large to be told from its neighbours (write it as a text)"
            }
        }
    }
}

const LONGEST: usize = 1 << 16;

/// Whether a text says anything: logs of servers have a `-` where there is nothing.
pub(crate) fn says(text: &str) -> bool {
    !text.is_empty() && text != "-"
}

/// The text at the first place of a field that has one.
fn first<'f>(found: &'f Found<'_>, layout: &Layout, wanted: &Field) -> Option<&'f str> {
    let mut places = layout.places.iter().zip(&found.places);
    places.find_map(|((field, _), text)| {
        let text = text.as_deref().filter(|text| says(text))?;
        (field == wanted).then_some(text)
    })
}

/// Whether a record is of an event that is no request.
pub(crate) fn is_passed_over(found: &Found<'_>, layout: &Layout) -> bool {
    let event = first(found, layout, &Field::Event).unwrap_or_default();
    !layout.events.is_empty() && !layout.events.contains(&event)
}

/// A record, if all of it can be used.
pub(crate) fn checked<'f>(
    found: &'f Found<'_>,
    layout: &Layout,
    table: Table,
) -> Result<Row<'f>, Bad> {
    if let Some(bad) = found.bad {
        return Err(bad);
    }
    let (when, is_needed) = match table {
        Table::Requests => (first(found, layout, &Field::Time), true),
        Table::Attributes => (first(found, layout, &Field::FirstSeen), false),
    };
    let minute = match when {
        Some(text) => {
            let begin = seconds(text).ok_or(Bad::Time)?;
            if let Some(end) = first(found, layout, &Field::End)
                && seconds(end).ok_or(Bad::Time)? - begin > 60
            {
                return Err(Bad::Coarse);
            }
            let minute = begin.div_euclid(60);
            Some(u32::try_from(minute).map_err(|_| Bad::Time)?)
        }
        None if is_needed => return Err(Bad::NoTime),
        None => None,
    };
    let account = first(found, layout, &Field::Account).ok_or(Bad::NoAccount)?;
    if table == Table::Attributes {
        let (kind, value) = kind_and_value(found, layout);
        if kind.is_some() != value.is_some() {
            return Err(Bad::Attribute);
        }
    }
    let unit = unit(found, layout, table);
    let fits = |text: &str| match text.len() > LONGEST {
        true => Err(Bad::Long),
        false => Ok(()),
    };
    fits(account)?;
    unit.map_or(Ok(()), fits)?;
    let mut attributes = Ok(());
    each_attribute(found, layout, table, &mut |kind, value| {
        let own = match is_plain(kind) {
            true => fits(value),
            false => Err(Bad::Attribute),
        };
        attributes = attributes.and(own);
    });
    attributes?;
    Ok(Row {
        minute,
        account,
        unit,
    })
}

fn kind_and_value<'f>(found: &'f Found<'_>, layout: &Layout) -> (Option<&'f str>, Option<&'f str>) {
    (
        first(found, layout, &Field::Kind),
        first(found, layout, &Field::Value),
    )
}

/// The declared organisation, at its own place or as an attribute of the kind `unit`: taken for something shared it would accuse whom it clears.
fn unit<'f>(found: &'f Found<'_>, layout: &Layout, table: Table) -> Option<&'f str> {
    let mut places = layout.places.iter().zip(&found.places);
    let mapped = || {
        places.find_map(|((field, _), text)| match field {
            Field::Attribute(kind) if is_unit(kind) => text.as_deref().filter(|text| says(text)),
            _ => None,
        })
    };
    let mut own = found.own.iter();
    let own = || {
        own.find(|(kind, text)| is_unit(kind) && says(text))
            .map(|(_, text)| &**text)
    };
    let in_table = || match (table, kind_and_value(found, layout)) {
        (Table::Attributes, (Some(kind), Some(value))) if is_unit(kind) => Some(value),
        _ => None,
    };
    first(found, layout, &Field::Unit)
        .or_else(mapped)
        .or_else(own)
        .or_else(in_table)
}

fn is_unit(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("unit")
}

/// Calls `f` with kind and value of every attribute.
pub(crate) fn each_attribute(
    found: &Found<'_>,
    layout: &Layout,
    table: Table,
    f: &mut dyn FnMut(&str, &str),
) {
    let mut put = |kind: &str, text: &str| {
        if !is_unit(kind) {
            f(kind, text);
        }
    };
    let mut last: Option<&Field> = None;
    for ((field, _), text) in layout.places.iter().zip(&found.places) {
        let Field::Attribute(kind) = field else {
            continue;
        };
        let Some(text) = text.as_deref().filter(|text| says(text)) else {
            continue;
        };
        if last.replace(field) != Some(field) {
            put(kind, text);
        }
    }
    for (kind, text) in &found.own {
        if says(text) {
            put(kind, text);
        }
    }
    if table == Table::Attributes
        && let (Some(kind), Some(value)) = kind_and_value(found, layout)
    {
        put(kind, value);
    }
}

/// Calls `f` with the kind and the text of every prompt.
pub(crate) fn each_prompt(
    found: &Found<'_>,
    layout: &Layout,
    f: &mut dyn FnMut(&'static str, &str),
) {
    let mut last: Option<&Field> = None;
    for ((field, _), text) in layout.places.iter().zip(&found.places) {
        if let (Field::Prompt(kind), Some(text)) = (field, text.as_deref())
            && !text.is_empty()
            && last.replace(field) != Some(field)
        {
            f(kind, text);
        }
    }
}
