//! Times as logs write them, to the second.

/// Seconds since 1970 of a time: RFC 3339, the same with a blank in place of `T` and without a zone (then UTC), or seconds, milliseconds,
/// microseconds or nanoseconds since 1970, told apart by their size.
#[must_use]
pub fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    match bytes {
        year if year.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' => date(bytes),
        _ => number(text),
    }
}

/// A number since 1970: what is far beyond any second of this era is counted in smaller units.
fn number(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return exponent(text);
    }
    in_seconds(whole.parse().ok()?)
}

/// A number such as 1.7672604e9.
fn exponent(text: &str) -> Option<i64> {
    let fits = text
        .bytes()
        .all(|c| c.is_ascii_digit() || b".eE+".contains(&c));
    let number: f64 = text.parse().ok().filter(|_| fits)?;
    (number < 9e18).then(|| in_seconds(number as i64)).flatten()
}

fn in_seconds(number: i64) -> Option<i64> {
    const SECONDS_END: i64 = 100_000_000_000;
    let units = [1, 1000, 1_000_000, 1_000_000_000];
    let unit = units.into_iter().find(|unit| number / unit < SECONDS_END)?;
    Some(number / unit)
}

fn date(bytes: &[u8]) -> Option<i64> {
    let (year, month, day) = (
        digits(&bytes[..4])?,
        digits(&bytes[5..7])?,
        digits(&bytes[8..10])?,
    );
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    let rest = &bytes[10..];
    let [b'T' | b't' | b' ', rest @ ..] = rest else {
        return rest.is_empty().then_some(days * 86_400);
    };
    let [h1, h2, b':', m1, m2, rest @ ..] = rest else {
        return None;
    };
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (digits(&[*s1, *s2])?, rest),
        rest => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = zone(after_fraction(rest)?)?;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second.min(59) - zone)
}

/// What stands behind a fraction of a second, if there is one.
fn after_fraction(rest: &[u8]) -> Option<&[u8]> {
    let [b'.' | b',', fraction @ ..] = rest else {
        return Some(rest);
    };
    let end = fraction.iter().position(|c| !c.is_ascii_digit());
    let end = end.unwrap_or(fraction.len());
    (end > 0).then(|| &fraction[end..])
}

/// Seconds that a zone is ahead of UTC.
fn zone(rest: &[u8]) -> Option<i64> {
    let rest = match rest {
        [b' ', rest @ ..] => rest,
        rest => rest,
    };
    let (sign, rest) = match rest {
        [] | [b'Z' | b'z'] | b"UTC" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, byte| {
        byte.is_ascii_digit()
            .then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

/// Days of the proleptic Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March, so that the leap day is their last.
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let before = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::seconds;
    use proptest::prelude::*;

    #[test]
    fn every_form_is_one_time() {
        let one = Some(1_767_260_405);
        for text in [
            "2026-01-01T09:40:05Z",
            "2026-01-01T09:40:05.123456Z",
            "2026-01-01 09:40:05",
            "2026-01-01 09:40:05.5 UTC",
            "2026-01-01T10:40:05+01:00",
            "2026-01-01T04:10:05-0530",
            "2026-01-01 11:40:05+02",
            "1767260405",
            "1767260405.75",
            "1.767260405e9",
            "1767260405123",
            "1767260405123456",
            "1767260405123456789",
        ] {
            assert_eq!(seconds(text), one, "{text}");
        }
        assert_eq!(seconds("2026-01-01"), Some(1_767_225_600));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            " ",
            "now",
            "2026-13-01",
            "2026-02-29",
            "2026-01-01T25:00:00Z",
            "2026-01-01T09:40:05+9",
            "2026-01-01T09:40:05.",
            "-5",
            "1e400",
            "nan",
            "inf",
            "12:30",
            "2026-01-01X",
            "é026-01-01",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = seconds(&text);
        }

        /// Against the calendar of jiff.
        #[test]
        fn days_are_those_of_the_calendar(second in 0_i64..4_000_000_000) {
            let time = jiff::Timestamp::from_second(second).unwrap();
            prop_assert_eq!(seconds(&time.to_string()), Some(second));
        }
    }
}
