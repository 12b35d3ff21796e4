//! The names of formats, each a type that is written as its name and read from that name only.

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

/// What the statement about a bundle is, in its envelope.
pub const BUNDLE_PREDICATE: &str = "urn:hallmark:bundle:1";

/// What the statement about a plan is, in its envelope.
pub const PLAN_PREDICATE: &str = "urn:hallmark:case-plan:1";

macro_rules! names {
    ($($name:ident = $id:literal)+) => {$(
        #[doc = concat!("The format `", $id, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name;

        impl $name {
            /// The name itself.
            pub const ID: &str = $id;
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($id)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let found = String::deserialize(deserializer)?;
                match found == $id {
                    true => Ok(Self),
                    false => Err(D::Error::custom(format_args!("this is {found:?}, and {:?} is read", $id))),
                }
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
    )+};
}

names! {
    BundleFormat = "hallmark/bundle/1"
    CaseLogFormat = "hallmark/case-log/1"
    CasePlanFormat = "hallmark/case-plan/1"
    CommitmentsFormat = "hallmark/commitments/1"
    VerifyFormat = "hallmark/verify/1"
}
