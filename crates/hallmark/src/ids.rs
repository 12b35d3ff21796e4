//! Whether records stand in ascending order of their ids.

/// Whether ids ascend, each above the one before it: the same text before numbers that grow.
#[derive(Default)]
pub enum Ids {
    #[default]
    /// No record was seen.
    None,
    /// They ascend; the last one, and how many numbers between the first and it are missing.
    Ascending(Id, u64),
    /// They do not, or a record has none.
    Not,
}

/// An id: a number behind a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id {
    text: String,
    number: u64,
}

impl Ids {
    /// Looks at the next record's id.
    pub fn see(&mut self, id: Option<&str>) {
        let id = id.and_then(Id::parse);
        *self = match (std::mem::replace(self, Self::Not), id) {
            (Self::None, Some(first)) => Self::Ascending(first, 0),
            // Equal ids would leave the order among them open.
            (Self::Ascending(last, missing), Some(id))
                if id.text == last.text && id.number > last.number =>
            {
                let missing = missing.saturating_add(id.number - last.number - 1);
                Self::Ascending(id, missing)
            }
            _ => Self::Not,
        };
    }

    /// Numbers between the first and the last that no record has.
    #[must_use]
    pub fn missing(&self) -> u64 {
        match self {
            Self::Ascending(_, missing) => *missing,
            Self::None | Self::Not => 0,
        }
    }

    /// Whether they ascend so far.
    #[must_use]
    pub fn ascend(&self) -> bool {
        !matches!(self, Self::Not)
    }
}

impl Id {
    fn parse(id: &str) -> Option<Self> {
        let text = id.trim_end_matches(|c: char| c.is_ascii_digit());
        // A number below 0 would ascend downwards.
        let number = id[text.len()..].parse().ok().filter(|_| text != "-")?;
        Some(Self {
            text: text.to_owned(),
            number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_where_their_numbers_do_and_nothing_else_changes() {
        let ascend = |ids: &[&str]| {
            let mut seen = Ids::default();
            ids.iter().for_each(|id| seen.see(Some(id)));
            matches!(seen, Ids::Ascending(..))
        };
        let mut gaps = Ids::default();
        for id in ["p9", "p10", "p14"] {
            gaps.see(Some(id));
        }
        assert_eq!(gaps.missing(), 3);
        assert!(!ascend(&["-5", "-7"]));
        assert!(ascend(&["p9", "p10", "p11"]));
        assert!(!ascend(&["p1", "p1", "p2"]));
        assert!(ascend(&["1", "20"]));
        assert!(!ascend(&["p1", "p1"]));
        assert!(!ascend(&["p2", "p1"]));
        assert!(!ascend(&["p1", "q2"]));
        assert!(!ascend(&["p1", "p"]));
        assert!(!ascend(&["a", "b"]));
    }
}
