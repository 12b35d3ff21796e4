//! Figures: two that count, rounded against the accuser.

use hallmark_detector::tail::{Log10E, Log10P};

/// A p-value as people write it: two significant figures, rounded up; as a decimal from 0.001 upwards.
pub(crate) fn p(log10_p: Log10P) -> String {
    scientific(&log10_p.to_string())
}

/// An e-value with two significant figures, rounded down.
pub(crate) fn e(log10_e: Log10E) -> String {
    scientific(&log10_e.to_string())
}

/// log10 of a p-value to two decimals, rounded up.
pub(crate) fn log10_p(log10_p: Log10P) -> String {
    decimals(log10_p.rounded(2), 2)
}

/// log10 of an e-value to so many decimals, rounded down.
pub(crate) fn log10_e(log10_e: Log10E, places: u8) -> String {
    decimals(log10_e.rounded(i32::from(places)), usize::from(places))
}

/// `1.2e-7` for people.
fn scientific(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.to_owned();
    };
    match exponent.parse::<i64>() {
        Ok(0) => digits.to_owned(),
        Ok(places @ -3..=-1) => {
            let zeros = "0".repeat(places.unsigned_abs() as usize - 1);
            format!("0.{zeros}{}", digits.replace('.', ""))
        }
        Ok(places @ 1..=3) => match digits.replace('.', "") {
            figures if places == 1 => figures,
            figures => grouped(&(figures + &"0".repeat(places as usize - 1))),
        },
        _ => format!("{digits}\u{a0}×\u{a0}10{}", raised(exponent)),
    }
}

fn raised(exponent: &str) -> String {
    let raise = |c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32(c as u32 - '0' as u32 + '⁰' as u32).unwrap_or(c),
        other => other,
    };
    exponent.chars().map(raise).collect()
}

/// A whole number in groups of three.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with so many decimals, in groups of three, with a true minus sign.
pub(crate) fn decimals(number: f64, places: usize) -> String {
    if !number.is_finite() {
        return "not a number".to_owned();
    }
    if number.abs() >= 1e15 {
        return scientific(&format!("{number:.3e}")).replace('-', "−");
    }
    let text = format!("{:.places$}", number.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if number < 0.0 && !is_zero { "−" } else { "" };
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", grouped(whole))
}

/// A number as it was given, not rounded.
pub(crate) fn fixed(number: f64) -> String {
    number.to_string().replace('-', "−")
}

/// A number with two significant figures.
pub(crate) fn significant(number: f64) -> String {
    rounded(number, f64::round)
}

/// The same, not above the number.
pub(crate) fn below(number: f64) -> String {
    rounded(number, f64::floor)
}

/// The same, not below the number; an interval without an upper limit has the largest number there.
pub(crate) fn above(number: f64) -> String {
    if number >= 1e300 {
        return "no limit".to_owned();
    }
    rounded(number, f64::ceil)
}

fn rounded(number: f64, round: impl Fn(f64) -> f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return decimals(number, 0);
    }
    let mut exponent = number.abs().log10().floor() as i32;
    if exponent.abs() > 300 {
        // Steps of such sizes are no numbers any more.
        return scientific(&format!("{number:.1e}")).replace('-', "−");
    }
    let tenths = number / 10_f64.powi(exponent - 1);
    // What a product of a step leaves behind the second figure is no figure.
    let near = tenths.round();
    let mut figures = match (tenths - near).abs() < 1e-9 {
        true => near,
        false => round(tenths),
    };
    if figures.abs() >= 99.5 {
        figures /= 10.0;
        exponent += 1;
    }
    match exponent {
        -4..=14 => decimals(
            figures * 10_f64.powi(exponent - 1),
            (1 - exponent).max(0) as usize,
        ),
        _ => scientific(&format!("{:.1}e{exponent}", figures / 10.0)).replace('-', "−"),
    }
}

/// A share in per cent, two figures, not below it.
pub(crate) fn percent(share: f64) -> String {
    format!("{}%", above(share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::{above, below, count, decimals, e, log10_p, p, percent, significant};
    use hallmark_detector::tail::{Log10E, Log10P};

    #[test]
    fn p_has_two_figures_and_is_never_nothing() {
        let shown = |log10| p(Log10P::new(log10).unwrap());
        for (log10, text) in [
            (0.0, "1.0"),
            (0.05_f64.log10(), "0.050"),
            (-3.0, "0.0010"),
            (-3.01, "9.8\u{a0}×\u{a0}10⁻⁴"),
            (-106.5, "3.2\u{a0}×\u{a0}10⁻¹⁰⁷"),
            (-100_000.0, "1.0\u{a0}×\u{a0}10⁻¹⁰⁰⁰⁰⁰"),
        ] {
            assert_eq!(shown(log10), text, "{log10}");
        }
    }

    #[test]
    fn e_is_rounded_down() {
        let shown = |log10| e(Log10E::new(log10).unwrap());
        assert_eq!(shown(0.5), "3.1");
        assert_eq!(shown(1.5), "31");
        assert_eq!(shown(3.3), "1,900");
        assert_eq!(shown(2.0), "100");
        assert_eq!(shown(30.5), "3.1\u{a0}×\u{a0}10³⁰");
        assert_eq!(shown(-0.31), "0.48");
    }

    #[test]
    fn rounding_is_outward() {
        assert_eq!(below(0.1502), "0.15");
        assert_eq!(below(0.1599), "0.15");
        assert_eq!(above(0.1501), "0.16");
        assert_eq!(above(0.15), "0.15");
        assert_eq!(below(-0.0123), "−0.013");
        assert_eq!(above(0.999), "1.0");
        assert_eq!(above(99.9), "100");
        assert_eq!(significant(0.0), "0");
        assert_eq!(significant(1234.0), "1,200");
        assert_eq!(above(1e-9), "1.0\u{a0}×\u{a0}10⁻⁹");
        assert_eq!(percent(1.4978e-4), "0.015%");
    }

    #[test]
    fn figures_are_grouped() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(decimals(-1234.5, 2), "−1,234.50");
        assert_eq!(decimals(-0.001, 2), "0.00");
        assert_eq!(decimals(f64::NAN, 2), "not a number");
        assert_eq!(log10_p(Log10P::new(-5.559).unwrap()), "−5.55");
    }

    #[test]
    fn no_number_is_too_odd() {
        for number in [
            f64::MIN,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
            5e-324,
            -1e300,
        ] {
            for text in [
                significant(number),
                below(number),
                above(number),
                decimals(number, 2),
            ] {
                assert!(!text.is_empty() && text.len() < 40, "{number} {text}");
                assert!(!text.contains("inf"), "{number} {text}");
            }
        }
    }
}
