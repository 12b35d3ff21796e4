//! Where each answer comes from: the group that its record names, or its file.

use crate::text::plain;
use hallmark_corpus::TokenRecord;
use std::collections::HashMap;

/// Where each answer comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Whether records are told apart by the groups that they name, and not by their files.
    pub by_group: bool,
    /// Names, in the order in which they came first; records without a group are of the group without a name.
    pub names: Vec<String>,
    /// For each answer the number of its source, from 0, in the order read.
    pub answers: Vec<u16>,
}

/// Sources at most that are told apart.
const MOST: usize = 64;

/// The longest name that tells a source apart, in bytes.
const MAX_NAME: usize = 1024;

/// Sources while answers are read.
#[derive(Default)]
pub(super) struct Gathered {
    groups: Numbered,
    files: Numbered,
    named: bool,
}

/// Names with the number of each answer's; nothing once there are too many, or one is too long.
#[derive(Default)]
struct Numbered {
    known: HashMap<String, u16>,
    sources: Sources,
    too_many: bool,
}

impl Gathered {
    /// Looks at a record.
    pub(super) fn see(&mut self, record: &TokenRecord) {
        self.named |= record.group.is_some();
        self.groups.add(record.group.as_deref().unwrap_or_default());
        self.files.add(&record.source.file);
    }

    /// By groups where they tell answers apart, else by files; nothing where there are too many of both.
    pub(super) fn finish(self) -> Option<Sources> {
        let (groups, files) = (self.groups.finish(true), self.files.finish(false));
        let by_group = groups.filter(|groups| self.named && groups.names.len() > 1);
        by_group.or(files)
    }
}

impl Numbered {
    fn add(&mut self, name: &str) {
        if self.too_many {
            return;
        }
        let name = plain(name);
        if let Some(&number) = self.known.get(&name) {
            return self.sources.answers.push(number);
        }
        let number = self.sources.names.len();
        if number == MOST || name.len() > MAX_NAME {
            self.too_many = true;
            self.sources = Sources::default();
            return;
        }
        self.known.insert(name.clone(), number as u16);
        self.sources.names.push(name);
        self.sources.answers.push(number as u16);
    }

    fn finish(self, by_group: bool) -> Option<Sources> {
        (!self.too_many).then_some(Sources {
            by_group,
            ..self.sources
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallmark_corpus::{Given, Source};

    fn of(records: &[(&str, Option<&str>)]) -> Option<Sources> {
        let mut gathered = Gathered::default();
        for (file, group) in records {
            gathered.see(&TokenRecord {
                source: Source::new((*file).into(), 1),
                id: None,
                group: group.map(str::to_owned),
                sub_key: None,
                exposure: vec![],
                earlier: None,
                exposure_known: true,
                in_other_form: vec![],
                given: Given::Text,
                cut_otherwise: None,
                tokens: vec![],
            });
        }
        gathered.finish()
    }

    #[test]
    fn groups_tell_answers_apart_where_there_are_several_and_files_elsewhere() {
        let by_group = of(&[("a", Some("x")), ("a", None), ("b", Some("x"))]).unwrap();
        assert!(by_group.by_group);
        assert_eq!(by_group.names, ["x", ""]);
        assert_eq!(by_group.answers, [0, 1, 0]);
        let by_file = of(&[("a", Some("x")), ("b", Some("x"))]).unwrap();
        assert!(!by_file.by_group);
        assert_eq!(by_file.names, ["a", "b"]);
        assert_eq!(of(&[("a", None)]).unwrap().names, ["a"]);
    }

    #[test]
    fn too_many_groups_leave_files_and_too_many_files_nothing() {
        let names: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
        let groups: Vec<(&str, Option<&str>)> =
            names.iter().map(|name| ("a", Some(&name[..]))).collect();
        assert_eq!(of(&groups).unwrap().names, ["a"]);
        let files: Vec<(&str, Option<&str>)> = names.iter().map(|name| (&name[..], None)).collect();
        assert_eq!(of(&files), None);
        assert_eq!(of(&files[1..]).unwrap().names.len(), MOST);
    }
}
