//! What a case may leave out.

use crate::page::Text;

/// What was given, or that it was not.
pub(super) fn or_not_stated(given: Option<&str>) -> Text {
    given.map_or_else(|| Text::words("not stated"), Text::given)
}
