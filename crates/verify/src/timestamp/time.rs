//! The time of a timestamp, to the nanosecond.

use der::DateTime;
use std::fmt::{self, Display};
use std::time::Duration;

/// A time in UTC, from 1970 to 9999; it is written as RFC 3339 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(Duration);

impl Time {
    /// Since the beginning of 1970.
    #[must_use]
    pub fn since_1970(self) -> Duration {
        self.0
    }

    /// Of the text of a `GeneralizedTime` as RFC 3161 writes it: `20260102030405.678Z`, without a last zero.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?.strip_suffix('Z')?;
        let (whole, fraction) = match text.split_once('.') {
            None => (text, None),
            Some((whole, fraction)) => (whole, Some(fraction)),
        };
        if whole.len() != 14 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = |from: usize, to: usize| whole[from..to].parse::<u8>().ok();
        let date = DateTime::new(
            whole[..4].parse().ok()?,
            part(4, 6)?,
            part(6, 8)?,
            part(8, 10)?,
            part(10, 12)?,
            part(12, 14)?,
        );
        let nanos = fraction.map_or(Some(0), nanoseconds)?;
        Some(Self(
            date.ok()?.unix_duration() + Duration::from_nanos(nanos),
        ))
    }
}

fn nanoseconds(fraction: &str) -> Option<u64> {
    let plain = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=9).contains(&fraction.len()) && !fraction.ends_with('0');
    (plain && fits)
        .then(|| format!("{fraction:0<9}").parse().ok())
        .flatten()
}

impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = Duration::from_secs(self.0.as_secs());
        let date = DateTime::from_unix_duration(seconds).map_err(|_| fmt::Error)?;
        let text = date.to_string();
        match self.0.subsec_nanos() {
            0 => f.write_str(&text),
            nanos => {
                let digits = format!("{nanos:09}");
                let digits = digits.trim_end_matches('0');
                write!(f, "{}.{digits}Z", text.trim_end_matches('Z'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (der, written) in [
            ("20260102030405Z", "2026-01-02T03:04:05Z"),
            ("20240229235959.5Z", "2024-02-29T23:59:59.5Z"),
            (
                "19700101000000.000000001Z",
                "1970-01-01T00:00:00.000000001Z",
            ),
            (
                "99991231235959.999999999Z",
                "9999-12-31T23:59:59.999999999Z",
            ),
        ] {
            let time = Time::parse(der.as_bytes()).unwrap();
            assert_eq!(time.to_string(), written);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "Z",
            "20260102030405",
            "2026010203040Z",
            "20260102030405.Z",
            "20260102030405.50Z",
            "20260102030405.1234567891Z",
            "20260102030405+0100",
            "20260230030405Z",
            "2026010203040éZ",
            "20260102030460Z",
            "19691231235959Z",
            "20260102030405.1.2Z",
            "+0260102030405Z",
        ] {
            assert_eq!(Time::parse(text.as_bytes()), None, "{text}");
        }
    }
}
