//! A value of JSON.

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Tree {
    #[default]
    Null,
    Bool(bool),
    /// A whole number of at most 64 bits.
    Whole(i128),
    /// A fraction, or a number of more than 64 bits.
    Number(f64),
    Text(String),
    /// A list of whole numbers of 32 bits, at least one.
    Ids(Vec<u32>),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) => "a number",
            Self::Number(_) => "a fraction or a number of more than 64 bits",
            Self::Text(_) => "a string",
            Self::Ids(_) | Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The first value of that name, if this is an object and the value is not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let mut fields = self.fields().iter();
        let (_, value) = fields.find(|(key, _)| key == name)?;
        (*value != Self::Null).then_some(value)
    }

    /// The value at a dotted path of names and positions, if it is there and not null.
    pub(crate) fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |tree, part| match tree {
            Self::List(items) => items.get(part.parse::<usize>().ok()?),
            tree => tree.get(part),
        })
    }

    /// The same, taken out of the tree.
    pub(crate) fn take(&mut self, path: &str) -> Option<Self> {
        let mut tree = self;
        for part in path.split('.') {
            tree = match tree {
                Self::List(items) => items.get_mut(part.parse::<usize>().ok()?)?,
                Self::Object(fields) => &mut fields.iter_mut().find(|(key, _)| key == part)?.1,
                _ => return None,
            };
        }
        match std::mem::take(tree) {
            Self::Null => None,
            value => Some(value),
        }
    }

    /// Several fields taken out of an object, as an object of their own.
    pub(crate) fn take_all(&mut self, names: &[&str]) -> Option<Self> {
        let taken = names.iter();
        let taken: Vec<_> = taken
            .filter_map(|name| Some(((*name).to_owned(), self.take(name)?)))
            .collect();
        (!taken.is_empty()).then_some(Self::Object(taken))
    }

    /// Puts a value under a name, in place of the one that was taken from there; this has to be an object.
    pub(crate) fn put(&mut self, name: &str, value: Self) {
        if let Self::Object(fields) = self {
            match fields.iter_mut().find(|(key, _)| key == name) {
                Some((_, place)) => *place = value,
                None => fields.push((name.to_owned(), value)),
            }
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of that name.
    pub(crate) fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.text()
    }

    /// The items, if it is a list of other things than ids.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The fields, if it is an object.
    pub(crate) fn fields(&self) -> &[(String, Self)] {
        match self {
            Self::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The fields of an object, to keep.
    pub(crate) fn into_fields(self) -> Vec<(String, Self)> {
        match self {
            Self::Object(fields) => fields,
            _ => vec![],
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }
}
