//! A record's fields as text, and why a record cannot be used.

use super::layout::{Field, Layout};
use super::moment::seconds;
use std::borrow::Cow;

/// What a record has at the places of a layout: for each place its text, and attributes that name themselves.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    pub(crate) places: Vec<Option<Cow<'a, str>>>,
    pub(crate) own: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A record that can be used. Text stands in the batch that it was read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Minutes since 1970; none in a table of attributes that does not say when.
    pub(crate) minute: Option<u32>,
    account: Span,
    unit: Option<Span>,
    /// Where its attributes begin and end in the batch.
    attributes: (u32, u32),
}

/// Where a text begins and ends.
#[derive(Clone, Copy, Debug)]
struct Span(u32, u32);

/// Records of a part of a file, and those that cannot be used.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    text: String,
    rows: Vec<Row>,
    attributes: Vec<(Span, Span)>,
    pub(crate) bad: Vec<(u64, Bad)>,
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
    /// It does not say who.
    NoAccount,
    /// It says what no attribute is: a kind without a value, or a kind that is no plain name.
    Attribute,
    /// A field is longer than 64 KiB.
    Long,
}

impl Bad {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Malformed => "is no record of its format",
            Self::NoTime => "has no time",
            Self::Time => "has a time that cannot be read",
            Self::NoAccount => "names no account",
            Self::Attribute => {
                "has an attribute without a value, or of a kind that is no plain name"
            }
            Self::Long => "has a field of more than 64 KiB",
        }
    }
}

const LONGEST: usize = 1 << 16;

impl Batch {
    /// Takes a record.
    pub(crate) fn take(&mut self, line: u64, found: &Found<'_>, layout: &Layout, table: Table) {
        let (text, attributes) = (self.text.len(), self.attributes.len());
        match self.row(found, layout, table) {
            Ok(row) => self.rows.push(row),
            Err(bad) => {
                self.text.truncate(text);
                self.attributes.truncate(attributes);
                self.bad.push((line, bad));
            }
        }
    }

    /// Records with the account, the organisation, and attributes.
    pub(crate) fn rows(
        &self,
    ) -> impl Iterator<Item = (&Row, &str, Option<&str>, impl Iterator<Item = (&str, &str)>)> {
        self.rows.iter().map(|row| {
            let own = &self.attributes[row.attributes.0 as usize..row.attributes.1 as usize];
            let own = own
                .iter()
                .map(|&(kind, value)| (self.at(kind), self.at(value)));
            (
                row,
                self.at(row.account),
                row.unit.map(|unit| self.at(unit)),
                own,
            )
        })
    }

    fn at(&self, span: Span) -> &str {
        &self.text[span.0 as usize..span.1 as usize]
    }

    fn put(&mut self, text: &str) -> Result<Span, Bad> {
        if text.len() > LONGEST {
            return Err(Bad::Long);
        }
        let from = self.text.len() as u32;
        self.text.push_str(text);
        Ok(Span(from, self.text.len() as u32))
    }

    fn row(&mut self, found: &Found<'_>, layout: &Layout, table: Table) -> Result<Row, Bad> {
        let first = |wanted: &Field| {
            let mut places = layout.places.iter().zip(&found.places);
            places.find_map(|((field, _), text)| {
                let text = text.as_deref().filter(|text| !text.is_empty())?;
                (field == wanted).then_some(text)
            })
        };
        let (when, is_needed) = match table {
            Table::Requests => (first(&Field::Time), true),
            Table::Attributes => (first(&Field::FirstSeen), false),
        };
        let minute = match when {
            Some(text) => {
                let minute = seconds(text).ok_or(Bad::Time)?.div_euclid(60);
                Some(u32::try_from(minute).map_err(|_| Bad::Time)?)
            }
            None if is_needed => return Err(Bad::NoTime),
            None => None,
        };
        let account = first(&Field::Account).ok_or(Bad::NoAccount)?;
        let account = self.put(account)?;
        let unit = first(&Field::Unit).map(|unit| self.put(unit)).transpose()?;
        let from = self.attributes.len() as u32;
        let mut last: Option<&Field> = None;
        for ((field, _), text) in layout.places.iter().zip(&found.places) {
            let Field::Attribute(kind) = field else {
                continue;
            };
            let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else {
                continue;
            };
            if last.replace(field) != Some(field) {
                self.attribute(kind, text)?;
            }
        }
        for (kind, text) in &found.own {
            if !text.is_empty() {
                self.attribute(kind, text)?;
            }
        }
        if table == Table::Attributes {
            match (first(&Field::Kind), first(&Field::Value)) {
                (Some(kind), Some(value)) => self.attribute(kind, value)?,
                (None, None) => {}
                _ => return Err(Bad::Attribute),
            }
        }
        Ok(Row {
            minute,
            account,
            unit,
            attributes: (from, self.attributes.len() as u32),
        })
    }

    fn attribute(&mut self, kind: &str, value: &str) -> Result<(), Bad> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if !(1..=40).contains(&kind.len()) || !kind.chars().all(fits) {
            return Err(Bad::Attribute);
        }
        let spans = (self.put(kind)?, self.put(value)?);
        self.attributes.push(spans);
        Ok(())
    }
}
