//! Results as JSON text, with the name of their format in the field `schema`.

use crate::error::{Error, Result};
use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// The version of this program, as results carry it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A value as JSON text.
///
/// # Errors
/// When it holds what JSON cannot, such as a path that is no text.
pub fn to_json(value: &impl Serialize, pretty: bool) -> Result<String> {
    let json = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    json.map_err(|error| Error::usage(format_args!("cannot write the result as JSON: {error}")))
}

/// Types that are written as the name of one format, and read from that name only.
macro_rules! formats {
    ($($name:ident = $id:literal)+) => {$(
        #[doc = concat!("The format `", $id, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl $name {
            /// The name itself.
            pub const ID: &str = $id;
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str($id)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                concat!("format of ", $id).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "const": $id })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let found = String::deserialize(deserializer)?;
                if found == $id {
                    Ok(Self)
                } else {
                    let message = format_args!("this is {found:?}, and this program reads {:?}", $id);
                    Err(serde::de::Error::custom(message))
                }
            }
        }
    )+};
}

/// The names of all formats of results.
pub mod formats {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    formats! {
        Calibrate = "hallmark/calibrate/1"
        CampaignCohorts = "hallmark/campaign-cohorts/1"
        CampaignScan = "hallmark/campaign-scan/1"
        Cohorts = "hallmark/cohorts/1"
        Collect = "hallmark/collect/1"
        Demo = "hallmark/demo/2"
        Derive = "hallmark/derive/1"
        Detect = "hallmark/detect/2"
        Doctor = "hallmark/doctor/1"
        Examine = "hallmark/examine/2"
        Index = "hallmark/index/1"
        Keygen = "hallmark/keygen/1"
        Ledger = "hallmark/ledger/1"
        Mark = "hallmark/mark/1"
        Merge = "hallmark/merge/1"
        Plan = "hallmark/plan/1"
        Power = "hallmark/power/1"
        Probe = "hallmark/probe/2"
        Profile = "hallmark/profile/1"
        ProfileList = "hallmark/profile-list/1"
        Scan = "hallmark/scan/1"
        SelfTest = "hallmark/self-test/1"
        StudyCampaigns = "hallmark/study-campaigns/1"
        StudyArm = "hallmark/study-arm/1"
        StudyExamined = "hallmark/study-examined/1"
        StudyNulls = "hallmark/study-nulls/1"
        StudyQuality = "hallmark/study-quality/1"
        StudyTables = "hallmark/study-tables/1"
        Twins = "hallmark/twins/1"
        TwinsDraw = "hallmark/twins-draw/1"
        TwinsTest = "hallmark/twins-test/1"
    }
}
