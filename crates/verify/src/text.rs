//! Bytes as text: base64 and hexadecimal digits, one spelling for each value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The standard alphabet with padding (RFC 4648, section 4).
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Nothing where the text is not the one spelling of its bytes: padding there, unused bits zero, no blank.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A SHA-256 value of 44 characters.
pub(crate) fn hash_from_base64(text: &str) -> Option<[u8; 32]> {
    from_base64(text)?.try_into().ok()
}

/// Lowercase digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Nothing where the text is not `2N` lowercase digits.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (digits, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    if digits.len() != N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(digits) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// A decimal number without a sign or leading zeros.
pub(crate) fn from_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    (plain && !leading).then(|| text.parse().ok()).flatten()
}
