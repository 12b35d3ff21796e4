//! Characters whose composition the fast reader and the reference see differently: they know different versions of Unicode.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use unicode_normalization::char as ours;
use unicode_normalization_alignments::char as references;

/// Whether the composed form of a text may differ between the two.
pub(super) fn is_doubtful(text: &str) -> bool {
    // The first combining mark; below it nothing has changed in any version.
    let high = text.chars().filter(|&c| c >= '\u{300}');
    high.into_iter().any(|c| {
        let at = DIFFERENT.partition_point(|range| *range.end() < c);
        DIFFERENT.get(at).is_some_and(|range| range.contains(&c))
    })
}

/// Characters of other classes or decompositions, and the first ones of compositions that only one of them knows.
static DIFFERENT: LazyLock<Vec<RangeInclusive<char>>> = LazyLock::new(|| {
    let decomposed = |c: char| {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        ours::decompose_canonical(c, |part| here.push(part));
        references::decompose_canonical(c, |part| there.push(part));
        (here, there)
    };
    let mut different = Vec::new();
    for c in '\u{300}'..=char::MAX {
        let (here, there) = decomposed(c);
        let is_other = here != there;
        if is_other
            || ours::canonical_combining_class(c) != references::canonical_combining_class(c)
        {
            different.push(c);
        }
        if is_other {
            different.extend([here[0], there[0]]);
        }
    }
    different.sort_unstable();
    different.dedup();
    let mut ranges: Vec<RangeInclusive<char>> = Vec::new();
    for c in different {
        match ranges.last_mut() {
            Some(last) if u32::from(*last.end()) + 1 == u32::from(c) => *last = *last.start()..=c,
            _ => ranges.push(c..=c),
        }
    }
    ranges
});

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization_alignments::UnicodeNormalization as References;

    /// Between marks of several classes, every character that is not doubtful composes alike.
    #[test]
    fn characters_that_are_not_doubtful_compose_alike() {
        let mut doubtful = 0;
        for c in '\0'..=char::MAX {
            if is_doubtful(&String::from(c)) {
                doubtful += 1;
                continue;
            }
            let text = format!("e\u{316}{c}\u{301}{c}\u{307}{c}\u{338}");
            let ours: String = UnicodeNormalization::nfc(text.as_str()).collect();
            let references: String = References::nfc(text.as_str()).map(|(c, _)| c).collect();
            assert_eq!(ours, references, "{:04X}", u32::from(c));
        }
        assert!((1..2000).contains(&doubtful), "{doubtful}");
        assert!(
            is_doubtful("a\u{1df7}\u{301}") && !is_doubtful("e\u{301} 한국어 字 \u{1100}\u{1161}")
        );
    }
}
