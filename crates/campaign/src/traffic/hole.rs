//! Times without any request.

use hallmark::Error;

/// The longest, in weeks, that a log may have.
pub(crate) const QUIET_WEEKS: u32 = 8;

/// What is said of a time without requests.
pub(crate) fn hole_of(from: &str, to: &str) -> Error {
    Error::usage(format_args!(
        "no request between {from} and {to}: a time is wrong, or the log has a hole of more than {QUIET_WEEKS} weeks"
    ))
    .hint("leave out records whose time is wrong, or scan one side of the hole; `time` is RFC 3339, or counts from 1970 in seconds to nanoseconds")
}

/// The day of a minute since 1970.
pub(crate) fn day_of(minute: i64) -> String {
    let days = minute.div_euclid(1440);
    jiff::Timestamp::from_second(days * 86_400).map_or_else(
        |_| format!("day {days} since 1970"),
        |day| day.to_string().chars().take(10).collect(),
    )
}
