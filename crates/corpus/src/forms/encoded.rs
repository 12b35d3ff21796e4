//! Texts that stand in what was shown as base64 or as hexadecimal digits.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Characters from which a run may be an encoded text.
const LONG: usize = 32;

/// Every text that stands encoded in these bytes. Line breaks within a run, and spaces between bytes of hexadecimal digits, are passed over.
pub(super) fn decoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = vec![];
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    for run in runs(bytes, is_base64, b"\r\n") {
        // What stands in front may belong to the run by chance.
        let decoded = (0..4).filter_map(|start| base64(run.get(start..)?));
        texts.extend(decoded.flat_map(|bytes| plain(&bytes)));
    }
    for run in runs(bytes, |byte| byte.is_ascii_hexdigit(), b" :\r\n") {
        let decoded = (0..2).filter_map(|start| hexadecimal(run.get(start..)?));
        texts.extend(decoded.flat_map(|bytes| plain(&bytes)));
    }
    texts
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

/// The stretches of text in bytes: UTF-8 without control characters, most of it letters and blanks.
fn plain(bytes: &[u8]) -> Vec<Vec<u8>> {
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
        for other in [
            "no text of this kind at all",
            "0123456789abcdef0123456789abcdef0123",
            &"a".repeat(64),
        ] {
            assert!(decoded(other.as_bytes()).is_empty(), "{other}");
        }
    }
}
