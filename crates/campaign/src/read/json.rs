//! Records of JSON lines: the places of a layout are taken, everything else is passed over.

use super::layout::Layout;
use super::row::{Bad, Found};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The places of a layout as a tree of names.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The place that ends here.
    place: Option<usize>,
    below: Vec<(String, Tree)>,
    /// Whether names that begin with `attr.` are attributes.
    is_own: bool,
}

impl Tree {
    pub(crate) fn new(layout: &Layout) -> Self {
        let mut tree = Self {
            is_own: layout.is_own,
            ..Self::default()
        };
        for (place, (_, path)) in layout.places.iter().enumerate() {
            let mut at = &mut tree;
            for name in path {
                let known = at.below.iter().position(|(own, _)| own == name);
                let next = known.unwrap_or_else(|| {
                    at.below.push((name.clone(), Self::default()));
                    at.below.len() - 1
                });
                at = &mut at.below[next].1;
            }
            at.place.get_or_insert(place);
        }
        tree
    }

    /// What a line has; nothing where it is no JSON object.
    pub(crate) fn read<'a>(&self, line: &'a [u8], places: usize) -> Option<Found<'a>> {
        let mut found = Found {
            places: vec![None; places],
            ..Found::default()
        };
        let mut reader = serde_json::Deserializer::from_slice(line);
        let node = Node {
            tree: self,
            found: &mut found,
        };
        node.deserialize(&mut reader).ok()?;
        reader.end().ok()?;
        line.trim_ascii_start().starts_with(b"{").then_some(found)
    }

    fn get(&self, name: &str) -> Option<&Self> {
        let mut below = self.below.iter();
        below.find(|(own, _)| own == name).map(|(_, tree)| tree)
    }
}

struct Node<'t, 'f, 'a> {
    tree: &'t Tree,
    found: &'f mut Found<'a>,
}

impl<'a> Node<'_, '_, 'a> {
    fn put(&mut self, text: Cow<'a, str>) {
        if let Some(place) = self.tree.place {
            self.found.places[place].get_or_insert(text);
        }
    }
}

impl<'a> DeserializeSeed<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.put(if value { "true" } else { "false" }.into());
        Ok(())
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.put(value.to_string().into());
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.put(value.to_string().into());
        Ok(())
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        // Beyond 2⁶⁴ a number may be another account's as well; no time is so large.
        if self.tree.place.is_some() && value.abs() >= u64::MAX as f64 {
            self.found.bad = Some(Bad::Number);
        }
        self.put(value.to_string().into());
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.put(text.to_owned().into());
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(mut self, text: &'a str) -> Result<(), E> {
        self.put(text.into());
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let kind = match &name {
                _ if !self.tree.is_own => None,
                Cow::Borrowed(name) => name.strip_prefix("attr.").map(Cow::Borrowed),
                Cow::Owned(name) => name
                    .strip_prefix("attr.")
                    .map(|kind| Cow::Owned(kind.to_owned())),
            };
            match (self.tree.get(&name), kind) {
                (Some(tree), _) => map.next_value_seed(Node {
                    tree,
                    found: self.found,
                })?,
                (None, Some(kind)) => {
                    if let Some(text) = map.next_value_seed(Scalar)? {
                        self.found.own.push((kind, text));
                    }
                }
                // `{"attr": {"ip": …}}` is `{"attr.ip": …}`.
                (None, None) if self.tree.is_own && name == "attr" => {
                    map.next_value_seed(Attributes(self.found))?;
                }
                (None, None) => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        // Attributes of spans may be a list of names and values.
        let mut place = 0_usize;
        loop {
            let tree = self.tree.get(&place.to_string());
            let more = match tree {
                Some(tree) => items.next_element_seed(Node {
                    tree,
                    found: self.found,
                })?,
                None if self.tree.below.is_empty() => {
                    items.next_element::<IgnoredAny>()?.map(|_| ())
                }
                None => items.next_element_seed(Named {
                    tree: self.tree,
                    found: self.found,
                })?,
            };
            if more.is_none() {
                return Ok(());
            }
            place += 1;
        }
    }
}

/// Kinds with their values in one object.
struct Attributes<'f, 'a>(&'f mut Found<'a>);

impl<'a> DeserializeSeed<'a> for Attributes<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Attributes<'_, 'a> {
    type Value = ();

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("kinds and values")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(kind) = map.next_key_seed(Name)? {
            if let Some(text) = map.next_value_seed(Scalar)? {
                self.0.own.push((kind, text));
            }
        }
        Ok(())
    }
}

/// An item `{"key": …, "value": {"stringValue": …}}`: the form in which OTLP writes attributes.
struct Named<'t, 'f, 'a> {
    tree: &'t Tree,
    found: &'f mut Found<'a>,
}

impl<'a> DeserializeSeed<'a> for Named<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let item: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
        let Some(tree) = item["key"].as_str().and_then(|name| self.tree.get(name)) else {
            return Ok(());
        };
        let value = &item["value"];
        let values = value.as_object().and_then(|own| own.values().next());
        let text = match values.unwrap_or(value) {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => return Ok(()),
            other => other.to_string(),
        };
        let mut node = Node {
            tree,
            found: self.found,
        };
        node.put(text.into());
        Ok(())
    }
}

/// A name or a text, borrowed where it can be.
struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cow<'a, str>, D::Error> {
        let text = deserializer.deserialize_any(Scalar)?;
        Ok(text.unwrap_or_default())
    }
}

/// A text or a number as text; nothing for anything else.
struct Scalar;

impl<'a> DeserializeSeed<'a> for Scalar {
    type Value = Option<Cow<'a, str>>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Scalar {
    type Value = Option<Cow<'a, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(if value { "true" } else { "false" }.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string().into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string().into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string().into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned().into()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Self::Value, E> {
        Ok(Some(text.into()))
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
