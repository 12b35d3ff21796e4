//! What a result has printed, read field by field: whatever stands there, it is a value or words that say what is wrong.

use serde_json::Value;

/// A place in a result.
#[derive(Clone, Copy)]
pub(crate) struct Printed<'a> {
    json: &'a Value,
}

/// A field, or why it cannot be read.
pub(crate) type Read<T> = Result<T, String>;

impl<'a> Printed<'a> {
    pub(crate) fn new(json: &'a Value) -> Self {
        Self { json }
    }

    pub(crate) fn json(self) -> &'a Value {
        self.json
    }

    /// The place at a path of names, joined by points; null where there is none.
    pub(crate) fn at(self, path: &str) -> Self {
        static NULL: Value = Value::Null;
        let json = path
            .split('.')
            .try_fold(self.json, |json, name| json.get(name));
        Self {
            json: json.unwrap_or(&NULL),
        }
    }

    /// Whether nothing stands there.
    pub(crate) fn is_absent(self, path: &str) -> bool {
        self.at(path).json.is_null()
    }

    pub(crate) fn number(self, path: &str) -> Read<f64> {
        let found = self.at(path).json.as_f64();
        found
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.wrong(path, "number"))
    }

    pub(crate) fn whole(self, path: &str) -> Read<u64> {
        let found = self.at(path).json.as_u64();
        found.ok_or_else(|| self.wrong(path, "whole number from 0"))
    }

    pub(crate) fn text(self, path: &str) -> Read<&'a str> {
        let found = self.at(path).json.as_str();
        found.ok_or_else(|| self.wrong(path, "text"))
    }

    /// The text, or that there is none.
    pub(crate) fn text_or_none(self, path: &str) -> Read<Option<&'a str>> {
        if self.is_absent(path) {
            return Ok(None);
        }
        self.text(path).map(Some)
    }

    /// The number, or that there is none.
    pub(crate) fn number_or_none(self, path: &str) -> Read<Option<f64>> {
        if self.is_absent(path) {
            return Ok(None);
        }
        self.number(path).map(Some)
    }

    /// The places of a list.
    pub(crate) fn list(self, path: &str) -> Read<Vec<Self>> {
        let found = self.at(path).json.as_array();
        let list = found.ok_or_else(|| self.wrong(path, "list"))?;
        Ok(list.iter().map(Self::new).collect())
    }

    /// The same; none where nothing stands there.
    pub(crate) fn list_or_none(self, path: &str) -> Read<Vec<Self>> {
        if self.is_absent(path) {
            return Ok(vec![]);
        }
        self.list(path)
    }

    /// The texts of a list, none where nothing stands there.
    pub(crate) fn texts(self, path: &str) -> Read<Vec<&'a str>> {
        let list = self.list_or_none(path)?;
        let texts: Option<Vec<&str>> = list.iter().map(|one| one.json.as_str()).collect();
        texts.ok_or_else(|| self.wrong(path, "list of texts"))
    }

    fn wrong(self, path: &str, wanted: &str) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        if self.is_absent(path) {
            format!("`{name}` is missing")
        } else {
            format!("`{name}` is no {wanted}")
        }
    }
}
