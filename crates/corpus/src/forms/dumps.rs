//! Bytes that a program listed line by line: an offset, hexadecimal digits, and what they spell (`xxd`, `hexdump`, `od`).

/// Digits of an offset, at least.
const OFFSET: usize = 6;

/// Bytes of a line, at most.
const BYTES: usize = 32;

/// Lines that follow one another, joined: once with the bytes as they stand, and once with those of each group of two the other way round.
pub(super) fn dumped(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![];
    let mut straight = vec![];
    let mut swapped = vec![];
    for line in bytes.split(|&byte| byte == b'\n').chain([&b""[..]]) {
        let groups = groups(line);
        if groups.is_empty() && !straight.is_empty() {
            all.push(std::mem::take(&mut straight));
            all.push(std::mem::take(&mut swapped));
        }
        for group in groups {
            swapped.extend(group.iter().rev());
            straight.extend(group);
        }
    }
    all
}

/// The groups of a line's bytes; none where it is no line of this kind.
fn groups(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let offset = words.next().unwrap_or_default();
    let offset = offset.strip_suffix(b":").unwrap_or(offset);
    let offset = offset.strip_prefix(b"0x").unwrap_or(offset);
    if offset.len() < OFFSET || !offset.iter().all(u8::is_ascii_hexdigit) {
        return vec![];
    }
    let mut count = 0;
    words
        .map_while(hexadecimal)
        .take_while(|group| {
            count += group.len();
            count <= BYTES
        })
        .collect()
}

/// The bytes of a group of digits.
fn hexadecimal(word: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if word.len() % 2 == 1 {
        return None;
    }
    let pairs = word.chunks_exact(2);
    pairs
        .map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::dumped;

    #[test]
    fn listings_are_the_bytes_that_they_list() {
        let text = b"The old bridge was shut at noon";
        for (listing, is_swapped) in [
            (
                "00000000: 5468 6520 6f6c 6420 6272 6964 6765 2077  The old bridge w\n00000010: 6173 2073 6875 7420 6174 206e 6f6f 6e    as shut at noon\n",
                false,
            ),
            (
                "00000000  54 68 65 20 6f 6c 64 20  62 72 69 64 67 65 20 77  |The old bridge w|\n00000010  61 73 20 73 68 75 74 20  61 74 20 6e 6f 6f 6e     |as shut at noon|\n0000001f\n",
                false,
            ),
            (
                "0000000 6854 2065 6c6f 2064 7262 6469 6567 7720\n0000020 7361 7320 7568 2074 7461 6e20 6f6f 6e\n0000037\n",
                true,
            ),
        ] {
            let found = dumped(listing.as_bytes());
            assert_eq!(found[usize::from(is_swapped)], text, "{listing}");
        }
        assert!(dumped(b"123456 is a number\nand no offset\n").is_empty());
    }
}
