//! The name of the report's format.

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

/// The name of the format of [`Case`](super::Case).
pub const REPORT: &str = "hallmark/report/1";

/// Written as [`REPORT`], and read from that only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFormat;

impl Serialize for ReportFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REPORT)
    }
}

impl<'de> Deserialize<'de> for ReportFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = String::deserialize(deserializer)?;
        if found == REPORT {
            Ok(Self)
        } else {
            Err(D::Error::custom(format_args!(
                "this is {found:?}, and this program reads {REPORT:?}"
            )))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ReportFormat {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "format of hallmark/report/1".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "const": REPORT })
    }
}
