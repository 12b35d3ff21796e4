//! Who is drawn: accounts, each by itself or with others of its cluster.

use super::error::CohortsError;
use std::collections::BTreeMap;

/// Every account with the unit that it is drawn with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Units(pub(super) BTreeMap<String, String>);

/// The longest name of an account or a cluster, in bytes.
const MAX_NAME: usize = 1024;

impl Units {
    /// Reads a list: an account a line, or an account, a tabulator and its cluster. Accounts of one cluster fall into one cohort.
    ///
    /// # Errors
    /// Names the line that cannot be used; two lines of one account cannot.
    pub fn read(list: &str) -> Result<Self, CohortsError> {
        let mut units = BTreeMap::new();
        for (text, line) in list.lines().zip(1..) {
            let wrong = |what| CohortsError::Line { line, what };
            let (account, unit) = text.split_once('\t').unwrap_or((text, text));
            for name in [account, unit] {
                if name.is_empty() || name.len() > MAX_NAME {
                    return Err(wrong("a name has 1 to 1,024 bytes"));
                }
                if name.chars().any(char::is_control) {
                    return Err(wrong(
                        "a name holds a control character; a line has one tabulator at most",
                    ));
                }
            }
            if units.insert(account.to_owned(), unit.to_owned()).is_some() {
                return Err(wrong("the account was listed before"));
            }
        }
        match units.is_empty() {
            true => Err(CohortsError::Nobody),
            false => Ok(Self(units)),
        }
    }

    /// How many accounts.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.0.len()
    }
}
