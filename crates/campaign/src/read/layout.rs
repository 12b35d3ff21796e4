//! Where in a log each field stands, by name of what wrote it.

use hallmark::{Error, Result};

/// A place in a record: names from the top, or positions in lists. Names may hold dots.
pub(crate) type Path = Vec<String>;

/// What is read of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// When.
    Time,
    /// When what it counts ends: a record of more than a minute says nothing of minutes.
    End,
    /// Of what event the record is.
    Event,
    /// Who.
    Account,
    /// A declared organisation that the account belongs to.
    Unit,
    /// A value that accounts may share, of a kind.
    Attribute(String),
    /// A text of a prompt, `system` or `turn` (the first of the user): what is kept of it is a sketch.
    Prompt(&'static str),
    /// In a table of attributes: the kind of the value.
    Kind,
    /// In a table of attributes: the value.
    Value,
    /// In a table of attributes: when that was first seen.
    FirstSeen,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "time" => Self::Time,
            "end" => Self::End,
            "event" => Self::Event,
            "account" => Self::Account,
            "unit" => Self::Unit,
            "system" => Self::Prompt("system"),
            "turn" => Self::Prompt("turn"),
            "kind" => Self::Kind,
            "value" => Self::Value,
            "first_seen" => Self::FirstSeen,
            _ => Self::Attribute(
                name.strip_prefix("attr.")
                    .filter(|kind| is_plain(kind))?
                    .to_owned(),
            ),
        })
    }
}

/// Whether a kind has a name that can stand in a result: up to 40 letters, digits, `_` and `-`, a letter first.
pub(crate) fn is_plain(kind: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let begins = kind.starts_with(|c: char| c.is_ascii_alphabetic());
    begins && kind.len() <= 40 && kind.chars().all(fits)
}

/// A layout: for each field the places where it may stand, the first that has a value counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub(crate) places: Vec<(Field, Path)>,
    /// How many of them, from the first on, a caller mapped.
    pub(crate) mapped: usize,
    /// Whether `attr.KIND` at the top of a record is an attribute by itself.
    pub(crate) is_own: bool,
    /// Names of the lists, from the outermost on, that records stand in; each name with its other spellings. Records have what stands around them.
    pub(crate) lists: &'static [&'static [&'static str]],
    /// Whether a file is a few large documents, written over any number of lines.
    pub(crate) has_pages: bool,
    /// Which events are requests, where records say of what event they are; the others are passed over.
    pub(crate) events: &'static [&'static str],
}

/// OTLP as collectors write it.
const SPANS: &[&[&str]] = &[
    &["resourceSpans", "resource_spans"],
    &["scopeSpans", "scope_spans", "instrumentationLibrarySpans"],
    &["spans"],
];
/// Pages of a usage report: buckets of time, and in each the results by key.
const BUCKETS: &[&[&str]] = &[&["data"], &["results", "result"]];

/// Names of layouts.
pub const LAYOUTS: [&str; 11] = [
    "own",
    "ledger",
    "litellm",
    "langfuse",
    "helicone",
    "otel",
    "openai-usage",
    "anthropic-usage",
    "cloudflare",
    "nginx",
    "caddy",
];

impl Layout {
    /// A layout by name, with places of `name=path` before its own.
    ///
    /// # Errors
    /// When the name is none of [`LAYOUTS`], or a mapping is not `name=path`.
    pub fn new(name: &str, mapped: &[String]) -> Result<Self> {
        let own = places(name).ok_or_else(|| {
            Error::usage(format_args!("no layout is called {name:?}"))
                .hint(format_args!("there are {}", LAYOUTS.join(", ")))
        })?;
        let mut layout = Self {
            places: vec![],
            mapped: mapped.len(),
            is_own: name == "own",
            lists: match name {
                "otel" => SPANS,
                "openai-usage" | "anthropic-usage" => BUCKETS,
                _ => &[],
            },
            has_pages: matches!(name, "openai-usage" | "anthropic-usage"),
            events: match name {
                "ledger" => &["begin", "unmarked"],
                _ => &[],
            },
        };
        for mapping in mapped {
            let wrong = |what: &str| {
                Error::usage(format_args!("--field {mapping:?} {what}")).hint(
                    "give name=path, such as account=headers.x-account or attr.ip=client.0.address; a dot within a name is written \\.",
                )
            };
            let (name, path) = mapping.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
            let field = Field::named(name).ok_or_else(|| {
                wrong("maps none of time, end, account, unit, system, turn, kind, value, first_seen, attr.KIND")
            })?;
            let path = split(path).ok_or_else(|| wrong("has an empty name in its path"))?;
            layout.places.push((field, path));
        }
        for (name, path) in own {
            let field = Field::named(name).expect("layouts name fields");
            let is_mapped = mapped
                .iter()
                .any(|mapping| mapping.split('=').next() == Some(name));
            if !is_mapped {
                layout
                    .places
                    .push((field, split(path).expect("layouts have paths")));
            }
        }
        Ok(layout)
    }
}

/// Parts of a dotted path; a backslash takes the next sign as it is.
fn split(path: &str) -> Option<Path> {
    let mut parts = vec![String::new()];
    let mut signs = path.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '.' => parts.push(String::new()),
            '\\' => parts.last_mut()?.push(signs.next()?),
            sign => parts.last_mut()?.push(sign),
        }
    }
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}

fn places(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match name {
        "own" => &[
            ("time", "time"),
            ("account", "account"),
            ("unit", "unit"),
            ("system", "system"),
            ("turn", "turn"),
            ("kind", "kind"),
            ("value", "value"),
            ("first_seen", "first_seen"),
        ],
        // The ledger of the serving side: its labels are the accounts, and lines of events that are no request are passed over.
        "ledger" => &[
            ("event", "event"),
            ("time", "time"),
            ("account", "cohort"),
            ("attr.profile", "profile"),
        ],
        // LiteLLM_SpendLogs: an account is a key of the gateway.
        "litellm" => &[
            ("time", "startTime"),
            ("account", "api_key"),
            ("unit", "organization_id"),
            ("attr.ip", "requester_ip_address"),
            ("attr.end_user", "end_user"),
            ("attr.user", "user"),
            // Where prompts are stored, a system prompt stands first if there is one. Later turns hold answers, and are not read.
            ("system", "messages.0.content"),
            ("turn", "messages.1.content"),
        ],
        // Langfuse: observations and traces, exported or from its interface.
        "langfuse" => &[
            ("time", "start_time"),
            ("time", "startTime"),
            ("time", "timestamp"),
            ("account", "user_id"),
            ("account", "userId"),
            ("attr.ip", "metadata.ip"),
            ("attr.user_agent", "metadata.user_agent"),
        ],
        "helicone" => &[
            ("time", "request_created_at"),
            ("account", "user_id"),
            ("unit", "organization_id"),
            ("attr.proxy_key", "proxy_key_id"),
            ("attr.country", "country_code"),
        ],
        // Spans with attributes by name.
        "otel" => &[
            ("time", "startTimeUnixNano"),
            ("time", "start_time_unix_nano"),
            ("time", "start_time"),
            ("time", "timestamp"),
            ("account", "attributes.user\\.id"),
            ("account", "attributes.enduser\\.pseudo\\.id"),
            ("account", "attributes.enduser\\.id"),
            ("attr.ip", "attributes.client\\.address"),
            ("attr.user_agent", "attributes.user_agent\\.original"),
        ],
        // Usage by the minute (`bucket_width=1m`), grouped by key.
        "openai-usage" => &[
            ("time", "start_time"),
            ("end", "end_time"),
            ("account", "api_key_id"),
            ("attr.user", "user_id"),
            ("attr.project", "project_id"),
        ],
        "anthropic-usage" => &[
            ("time", "starting_at"),
            ("end", "ending_at"),
            ("account", "api_key_id"),
            ("attr.user", "account_id"),
            ("attr.workspace", "workspace_id"),
        ],
        // Logpush http_requests; who asked stands in a custom field, which has to be mapped.
        "cloudflare" => &[
            ("time", "EdgeStartTimestamp"),
            ("account", "account"),
            ("attr.ip", "ClientIP"),
            ("attr.asn", "ClientASN"),
            ("attr.country", "ClientCountry"),
            ("attr.user_agent", "ClientRequestUserAgent"),
            ("attr.ja3", "JA3Hash"),
            ("attr.ja4", "JA4"),
        ],
        "nginx" => &[
            ("time", "time_iso8601"),
            ("time", "msec"),
            ("account", "remote_user"),
            ("attr.ip", "remote_addr"),
            ("attr.user_agent", "http_user_agent"),
        ],
        "caddy" => &[
            ("time", "ts"),
            ("account", "user_id"),
            ("attr.ip", "request.client_ip"),
            ("attr.ip", "request.remote_ip"),
            ("attr.user_agent", "request.headers.User-Agent.0"),
        ],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_names_who_and_when() {
        for name in LAYOUTS {
            let layout = Layout::new(name, &[]).unwrap();
            let has = |wanted: &Field| layout.places.iter().any(|(field, _)| field == wanted);
            assert!(has(&Field::Time) && has(&Field::Account), "{name}");
        }
    }

    #[test]
    fn a_mapping_takes_the_place_of_the_layout_s_own() {
        let layout = Layout::new("caddy", &["attr.ip=a\\.b.0".to_owned()]).unwrap();
        let ips: Vec<&Path> = layout
            .places
            .iter()
            .filter(|(field, _)| *field == Field::Attribute("ip".to_owned()))
            .map(|(_, path)| path)
            .collect();
        assert_eq!(ips, [&vec!["a.b".to_owned(), "0".to_owned()]]);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        for wrong in [
            "account",
            "who=a",
            "account=",
            "account=a..b",
            "attr.=x",
            "attr.a b=x",
            "account=a\\",
        ] {
            assert!(Layout::new("own", &[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert!(Layout::new("other", &[]).is_err());
    }
}
