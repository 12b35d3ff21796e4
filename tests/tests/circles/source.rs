//! A crate's files, its modules, and what each file imports of the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module's path from the crate's root.
type Module = Vec<String>;

/// The files of a crate.
pub(crate) struct Crate {
    files: Vec<File>,
    by_module: BTreeMap<Module, usize>,
}

struct File {
    path: PathBuf,
    module: Module,
    /// Paths that are used, from the crate's root; those that are only handed on apart.
    used: BTreeSet<Vec<String>>,
    handed_on: Vec<(Vec<String>, String)>,
}

impl Crate {
    pub(crate) fn read(root: &Path) -> Self {
        let mut read = Self {
            files: vec![],
            by_module: BTreeMap::new(),
        };
        read.add(root, &[]);
        read
    }

    /// For each file those that it imports.
    pub(crate) fn arrows(&self) -> Vec<Vec<usize>> {
        let arrows = self.files.iter().enumerate().map(|(from, file)| {
            let to: BTreeSet<usize> = file
                .used
                .iter()
                .filter_map(|path| self.file_of(path, 0))
                .filter(|&to| to != from)
                .collect();
            to.into_iter().collect()
        });
        arrows.collect()
    }

    pub(crate) fn name(&self, file: usize, root: &Path) -> String {
        let path = &self.files[file].path;
        path.strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    fn add(&mut self, path: &Path, module: &[String]) {
        let text = without_tests(&without_comments(&std::fs::read_to_string(path).unwrap()));
        let mut file = File {
            path: path.to_owned(),
            module: module.to_owned(),
            used: BTreeSet::new(),
            handed_on: vec![],
        };
        let children = modules(&text);
        for (inner, text) in inline_modules(&text) {
            let module = [module, &inner].concat();
            for (is_public, tree) in uses(&text) {
                for path in flatten(&tree) {
                    let (path, name) = rename(&path);
                    let Some(path) = self::absolute(&path, &module) else {
                        continue;
                    };
                    if is_public {
                        file.handed_on.push((path, name));
                    } else {
                        file.used.insert(path);
                    }
                }
            }
            file.used.extend(inline_paths(&text, &module, &children));
        }
        self.by_module.insert(module.to_owned(), self.files.len());
        self.files.push(file);
        for name in children {
            let is_root =
                path.ends_with("lib.rs") || path.ends_with("main.rs") || path.ends_with("mod.rs");
            let folder = if is_root {
                path.parent().unwrap().to_owned()
            } else {
                path.with_extension("")
            };
            let files = [
                folder.join(format!("{name}.rs")),
                folder.join(&name).join("mod.rs"),
            ];
            if let Some(found) = files.iter().find(|file| file.is_file()) {
                self.add(found, &[module, &[name]].concat());
            }
        }
    }

    /// The file that a path leads to, through what faces hand on.
    fn file_of(&self, path: &[String], depth: usize) -> Option<usize> {
        let known = (0..=path.len()).rev().find_map(|end| {
            let file = self.by_module.get(&path[..end])?;
            Some((*file, &path[end..]))
        });
        let (file, rest) = known?;
        let Some(name) = rest.first().filter(|_| depth < 8) else {
            return Some(file);
        };
        let handed = self.files[file].handed_on.iter();
        let through = handed
            .filter(|(_, handed)| handed == name)
            .find_map(|(from, _)| self.file_of(&[&from[..], &rest[1..]].concat(), depth + 1));
        // What the crate's root itself defines is everybody's; it is no room of its own.
        through.or((!self.files[file].module.is_empty()).then_some(file))
    }
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find("//") {
        Some(at) if !line[..at].contains('"') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Unit tests stand at the end of a file.
fn without_tests(text: &str) -> String {
    let end = text
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(|&at| {
            text[at..]
                .lines()
                .nth(1)
                .is_some_and(|line| line.starts_with("mod tests"))
        });
    text[..end.unwrap_or(text.len())].to_owned()
}

/// The file's own lines, and those of each module between braces in it, whose `super` is not the file's. Such a module
/// ends at the brace below its first letter, as `rustfmt` sets it.
fn inline_modules(text: &str) -> Vec<(Module, String)> {
    let mut parts = vec![(vec![], String::new())];
    let mut open: Vec<(&str, usize)> = vec![];
    for line in text.lines() {
        let at = open.last().map_or(0, |&(_, part)| part);
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if open.last() == Some(&(indent, at)) && code == "}" {
            open.pop();
        } else if let Some(name) = opened(code) {
            open.push((indent, parts.len()));
            let module = [&parts[at].0[..], &[name]].concat();
            parts.push((module, String::new()));
        } else {
            parts[at].1.extend([line, "\n"]);
        }
    }
    parts
}

/// The module that a line opens.
fn opened(code: &str) -> Option<String> {
    let (before, name) = code.strip_suffix(" {")?.split_once("mod ")?;
    let is_module = before.is_empty() || before.starts_with("pub");
    (is_module && !name.contains(' ')).then(|| name.to_owned())
}

/// `use` statements: whether they hand on, and their trees.
fn uses(text: &str) -> Vec<(bool, String)> {
    let mut found = vec![];
    for (at, _) in text.match_indices("use ") {
        let before = text[..at]
            .rsplit(['\n', ';', '{', '}'])
            .next()
            .unwrap_or("")
            .trim();
        let is_statement = before.is_empty() || before.starts_with("pub") && !before.contains(' ');
        if is_statement && let Some(end) = text[at..].find(';') {
            let tree = &text[at + 4..at + end];
            // A sentence in a string.
            if tree
                .contains(|letter: char| !letter.is_alphanumeric() && !"_:{},* \n".contains(letter))
            {
                continue;
            }
            let tree: String = tree.split_whitespace().collect::<Vec<_>>().join(" ");
            found.push((before.starts_with("pub"), tree));
        }
    }
    found
}

/// The paths of a tree with braces.
fn flatten(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else {
        return vec![tree.trim().to_owned()];
    };
    let Some(close) = tree.rfind('}') else {
        return vec![];
    };
    let (before, inside) = (&tree[..open], &tree[open + 1..close]);
    let (mut depth, mut start, mut parts) = (0, 0, vec![]);
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    let parts = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty());
    parts
        .flat_map(|part| {
            flatten(part)
                .into_iter()
                .map(|rest| format!("{}{rest}", before.trim()))
        })
        .collect()
}

/// A path without `as` and `self`, and the name it goes by.
fn rename(path: &str) -> (Vec<String>, String) {
    let (path, alias) = path
        .split_once(" as ")
        .map_or((path, None), |(a, b)| (a, Some(b)));
    let mut parts: Vec<String> = path
        .split("::")
        .map(|part| part.trim().to_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| last == "self" || last == "*")
        && parts.len() > 1
    {
        parts.pop();
    }
    let name = alias.map_or_else(|| parts.last().cloned().unwrap_or_default(), str::to_owned);
    (parts, name)
}

/// The same from the crate's root; nothing for what is not the crate's.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                base.pop()?;
                rest = &rest[1..];
            }
            return Some([&base[..], rest].concat());
        }
        // A face hands on its own modules' names without `self`.
        first if first.chars().next()?.is_lowercase() => {
            return Some([module, path].concat());
        }
        _ => return None,
    }
    Some([&base[..], &rest[1..]].concat())
}

/// Paths in expressions that begin with `crate::`, `super::` or one of the file's own modules.
fn inline_paths(text: &str, module: &[String], children: &[String]) -> Vec<Vec<String>> {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let code = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("use ") && !line.starts_with("pub") || line.contains('(')
    });
    let mut found = vec![];
    for line in code {
        for word in line.split(|letter: char| !is_path(letter)) {
            let first = word.split_once("::").map_or("", |(first, _)| first);
            let is_child = || children.iter().any(|child| child == first);
            if first == "crate" || first == "super" || is_child() {
                let parts: Vec<String> = word.split("::").map(str::to_owned).collect();
                let path = absolute(&parts, module).unwrap_or_default();
                // `pub(in crate::a)` says who may look, and imports nothing.
                if !line.contains(&format!("pub(in {word})")) && !path.is_empty() {
                    found.push(path);
                }
            }
        }
    }
    found
}

/// Modules that stand in files of their own.
fn modules(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| {
        let line = line.trim();
        let after = line.split_once("mod ")?;
        let is_declared = after.0.is_empty() || after.0.starts_with("pub");
        after
            .1
            .strip_suffix(';')
            .filter(|_| is_declared)
            .map(str::to_owned)
    });
    lines.collect()
}
