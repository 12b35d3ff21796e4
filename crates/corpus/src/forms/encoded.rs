//! Texts that stand in what was shown as base64, as hexadecimal digits, or in UTF-16, and those that stand so in them.

use super::dumps::dumped;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Characters from which a run may be an encoded text.
const LONG: usize = 32;

/// How often a text may be encoded.
const DEEPEST: usize = 4;

/// Every text that stands encoded in these bytes, however often.
pub(super) fn decoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = once(bytes);
    let mut from = 0;
    for _ in 1..DEEPEST {
        let next: Vec<Vec<u8>> = all[from..].iter().flat_map(|text| once(text)).collect();
        from = all.len();
        all.extend(next);
    }
    all
}

/// Every text that stands in these bytes encoded once. Line breaks within a run, and what programs write between bytes of hexadecimal
/// digits, are passed over.
fn once(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = vec![];
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    for run in runs(bytes, is_base64, b"\r\n") {
        // What stands in front may belong to the run by chance.
        let decoded = (0..4).filter_map(|start| base64(run.get(start..)?));
        texts.extend(decoded.flat_map(|bytes| plain(&bytes)));
    }
    let digits = without_prefixes(bytes);
    for run in runs(&digits, |byte| byte.is_ascii_hexdigit(), b" :,;-_\t\r\n") {
        let decoded = (0..2).filter_map(|start| hexadecimal(run.get(start..)?));
        texts.extend(decoded.flat_map(|bytes| plain(&bytes)));
    }
    texts.extend(dumped(bytes).iter().flat_map(|bytes| plain(bytes)));
    texts.extend(paired(bytes).iter().flat_map(|bytes| plain(bytes)));
    texts
}

/// Without what stands in front of hexadecimal digits: `0x`, `\\x`.
fn without_prefixes(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        let is_prefix = matches!(first, b'0' | b'\\')
            && matches!(behind, [b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
        match is_prefix {
            true => rest = &behind[1..],
            false => {
                kept.push(*first);
                rest = behind;
            }
        }
    }
    kept
}

/// Runs of characters that are two letters each: a text that was taken for one in UTF-16, its bytes either way round.
fn paired(bytes: &[u8]) -> Vec<Vec<u8>> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    let mut all = vec![];
    let (mut straight, mut swapped) = (vec![], vec![]);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars().chain(['\0']) {
            let pair = u16::try_from(u32::from(c))
                .unwrap_or_default()
                .to_be_bytes();
            if pair.iter().all(|&byte| is_plain(byte)) {
                straight.extend(pair);
                swapped.extend([pair[1], pair[0]]);
                continue;
            }
            for run in [&mut straight, &mut swapped] {
                match run.len() >= LONG {
                    true => all.push(std::mem::take(run)),
                    false => run.clear(),
                }
            }
        }
    }
    all
}

/// Long runs of such bytes, without what may stand between.
fn runs(bytes: &[u8], is: impl Fn(u8) -> bool, between: &[u8]) -> Vec<Vec<u8>> {
    let mut runs = vec![];
    let mut run = vec![];
    for &byte in bytes.iter().chain(std::iter::once(&0)) {
        match () {
            () if is(byte) => run.push(byte),
            () if between.contains(&byte) && !run.is_empty() => {}
            () if run.len() >= LONG => runs.push(std::mem::take(&mut run)),
            () => run.clear(),
        }
    }
    runs
}

fn base64(run: &[u8]) -> Option<Vec<u8>> {
    let is_safe = run.iter().any(|byte| b"-_".contains(byte));
    let alphabet = if is_safe { URL_SAFE } else { STANDARD };
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let whole = run.split(|byte| *byte == b'=').next()?;
    let cut = &whole[..whole.len() - usize::from(whole.len() % 4 == 1)];
    GeneralPurpose::new(&alphabet, config).decode(cut).ok()
}

fn hexadecimal(run: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = run.chunks_exact(2);
    let bytes = pairs.map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8));
    bytes.collect()
}

/// The stretches of text in bytes, in UTF-8 or in UTF-16: no control characters, most of it letters and blanks.
fn plain(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = stretches(bytes);
    // Letters of ASCII, and most of Latin scripts, have a byte of zero each.
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    let is_marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if is_marked || zeros > bytes.len() / 4 {
        for order in [u16::from_le_bytes, u16::from_be_bytes] {
            for start in 0..bytes.len().min(2) {
                let pairs = bytes[start..].chunks_exact(2);
                let units = pairs.map(|pair| order([pair[0], pair[1]]));
                let text = char::decode_utf16(units);
                let text: String = text.map(Result::unwrap_or_default).collect();
                texts.extend(stretches(text.as_bytes()));
            }
        }
    }
    texts
}

fn stretches(bytes: &[u8]) -> Vec<Vec<u8>> {
    let is_letter = |c: char| c.is_alphanumeric() || c.is_whitespace();
    let stretches = bytes.utf8_chunks().flat_map(|chunk| {
        let is_end = |c: char| c.is_control() && !c.is_whitespace();
        chunk.valid().split(is_end)
    });
    let long = stretches.filter(|text| {
        let letters = text.chars().filter(|c| is_letter(*c)).count();
        text.len() >= LONG / 2 && 2 * letters > text.chars().count()
    });
    long.map(|text| text.as_bytes().to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::decoded;
    use base64::Engine as _;

    #[test]
    fn texts_are_found_in_base64_and_hexadecimal_digits() {
        let text = "The old bridge was shut at noon, and nobody came.";
        let base64 = "VGhlIG9sZCBicmlkZ2Ugd2FzIHNodXQgYXQgbm9vbiwgYW5kIG5vYm9keSBjYW1lLg==";
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let spaced: String = text.bytes().map(|byte| format!("{byte:02X} ")).collect();
        let folded = format!("{}\r\n{}", &base64[..40], &base64[40..]);
        for shown in [base64, &hex, &spaced, &folded, base64.trim_end_matches('=')] {
            let shown = format!("Decode it:\nbase\n{shown}\n");
            assert!(
                decoded(shown.as_bytes()).contains(&text.as_bytes().to_vec()),
                "{shown}"
            );
        }
        let twice = base64::engine::general_purpose::STANDARD.encode(base64);
        let utf16: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
        let of_utf16 = base64::engine::general_purpose::STANDARD.encode(&utf16);
        let hex_with = |before: &str, between: &str| {
            let bytes = text.bytes().map(|byte| format!("{before}{byte:02x}"));
            bytes.collect::<Vec<_>>().join(between)
        };
        let pairs = text.as_bytes().chunks_exact(2);
        let mistaken: String = pairs
            .filter_map(|pair| char::from_u32(u32::from(pair[1]) << 8 | u32::from(pair[0])))
            .collect();
        for shown in [
            twice,
            of_utf16,
            hex_with("0x", ", "),
            hex_with("0x", " "),
            hex_with("\\x", ""),
            hex_with("", "-"),
            hex_with("", ":"),
            mistaken,
        ] {
            let found = decoded(format!("Decode it: {shown}.").as_bytes());
            let is_found = |found: &Vec<u8>| found.starts_with(&text.as_bytes()[..48]);
            assert!(found.iter().any(is_found), "{shown}");
        }
        for other in [
            "no text of this kind at all",
            "0123456789abcdef0123456789abcdef0123",
            &"a".repeat(64),
        ] {
            assert!(decoded(other.as_bytes()).is_empty(), "{other}");
        }
    }
}
