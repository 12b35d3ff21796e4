//! What usually goes wrong, one change at a time.

use super::sample::{Reading, Sample};
use super::vocabularies;
use crate::args::DoctorArgs;
use hallmark_core::keys::{ForeignKey, Key};
use hallmark_core::profile::Profile;
use hallmark_core::schemes::Parameters;

/// A change of the profile, of the key, or of how the sample is read.
pub(super) struct Change {
    pub(super) name: &'static str,
    pub(super) what: String,
    pub(super) profile: Profile,
    pub(super) key: Key,
    pub(super) reading: Reading,
}

/// All changes that are tried; the first is none.
pub(super) fn changes(
    args: &DoctorArgs,
    profile: &Profile,
    key: &Key,
    sample: &Sample,
) -> Vec<Change> {
    let unchanged = |name, what: &str, reading| Change {
        name,
        what: what.to_owned(),
        profile: profile.clone(),
        key: key.clone(),
        reading,
    };
    let mut all = vec![unchanged("nothing", "as things are", Reading::Plain)];
    for window in (1..=16).filter(|&window| window != profile.window) {
        let mut changed = profile.clone();
        changed.window = window;
        all.push(Change {
            profile: changed,
            ..unchanged(
                "window",
                &format!("a window of {window} tokens instead of {}", profile.window),
                Reading::Plain,
            )
        });
    }
    all.extend(
        sizes(args, profile, sample)
            .into_iter()
            .map(|(changed, size)| Change {
                profile: changed,
                ..unchanged(
                    "vocabulary",
                    &format!(
                        "a vocabulary of {size} ids instead of {}",
                        profile.tokenizer.vocab_size
                    ),
                    Reading::Plain,
                )
            }),
    );
    all.extend(gammas(profile).into_iter().map(|(changed, gamma)| Change {
        profile: changed,
        ..unchanged("gamma", &format!("gamma {gamma}"), Reading::Plain)
    }));
    all.extend(
        shares(profile)
            .into_iter()
            .map(|(changed, share, name)| Change {
                profile: changed,
                ..unchanged(name, &format!("a share of {share}"), Reading::Plain)
            }),
    );
    if let Key::Foreign(key) = key {
        all.extend(orders(key).into_iter().map(|(changed, what)| Change {
            key: Key::Foreign(changed),
            ..unchanged("key-order", what, Reading::Plain)
        }));
    }
    if sample.has_prompts() {
        all.push(unchanged(
            "prompt",
            "the prompt before the answer belongs to the context",
            Reading::AfterPrompt,
        ));
    }
    if sample.is_dressed() {
        all.push(unchanged(
            "normalise",
            "characters that programs change for looks undone, as --normalise does it",
            Reading::Normalised,
        ));
    }
    let firsts = [0, 1, 2]
        .into_iter()
        .chain(args.first_token.iter().copied());
    for token in firsts {
        all.push(unchanged(
            "first-token",
            &format!(
                "token {token} stands before the text, as a beginning-of-sequence token or padding"
            ),
            Reading::After(token),
        ));
    }
    all.push(unchanged(
        "offset",
        "the window ends one token before the one that is followed: positions are off by one",
        Reading::Late,
    ));
    if sample.has_own_tokens() {
        all.push(unchanged(
            "record-tokens",
            "the record's own tokens instead of the tokens of its text",
            Reading::OwnTokens,
        ));
    }
    all
}

/// The profile with other vocabulary sizes, where the size matters.
fn sizes(args: &DoctorArgs, profile: &Profile, sample: &Sample) -> Vec<(Profile, u32)> {
    if !profile.scheme.row().counts_ids() {
        return vec![];
    }
    let own = profile.tokenizer.vocab_size;
    // Where no tokenizer is at hand, the highest id that was seen says about how many there are.
    let bases = [
        Some(own),
        sample.tokenizer_size,
        sample.highest().map(|id| id.saturating_add(1)),
    ];
    let mut sizes: Vec<u32> = args.vocab_size.clone();
    for base in bases.into_iter().flatten() {
        sizes.extend(vocabularies::like(base));
    }
    sizes.sort_unstable();
    sizes.dedup();
    sizes.retain(|&size| size != own);
    let with = |size| {
        let mut changed = profile.clone();
        changed.tokenizer.vocab_size = size;
        (changed, size)
    };
    sizes.into_iter().map(with).collect()
}

/// The profile with other shares of green tokens.
fn gammas(profile: &Profile) -> Vec<(Profile, f64)> {
    let Parameters::Green { gamma: own, delta } = profile.scheme.parameters() else {
        return vec![];
    };
    [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75]
        .into_iter()
        .filter(|gamma| (own - gamma).abs() > 1e-9)
        .filter_map(|gamma| {
            let scheme = profile.scheme.with(Parameters::Green { gamma, delta })?;
            let changed = Profile {
                scheme,
                ..profile.clone()
            };
            Some((changed, gamma))
        })
        .collect()
}

/// The profile with other shares of its two keys; engines count one's or the other's.
fn shares(profile: &Profile) -> Vec<(Profile, f64, &'static str)> {
    let Parameters::Dual { share: own } = profile.scheme.parameters() else {
        return vec![];
    };
    let other_keys = (1e6 * (1.0 - own)).round() / 1e6;
    let mut shares = vec![other_keys];
    shares.extend([
        0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95,
    ]);
    shares.sort_by(f64::total_cmp);
    shares.dedup();
    shares
        .into_iter()
        .filter(|share| (own - share).abs() > 1e-9)
        .filter_map(|share| {
            let scheme = profile.scheme.with(Parameters::Dual { share })?;
            let changed = Profile {
                scheme,
                ..profile.clone()
            };
            let is_other = (share - other_keys).abs() < 1e-9;
            let name = if is_other { OTHER_KEYS_SHARE } else { "share" };
            Some((changed, share, name))
        })
        .collect()
}

/// The name of the change to the share that the profile leaves to the other key.
pub(super) const OTHER_KEYS_SHARE: &str = "other-share";

/// The key's numbers as another program might have read them.
fn orders(key: &ForeignKey) -> Vec<(ForeignKey, &'static str)> {
    let with = |change: fn(u64) -> Option<u64>| {
        let numbers: Option<Vec<u64>> = key.numbers().iter().map(|&n| change(n)).collect();
        let changed = ForeignKey::new(numbers?).ok()?;
        (changed.numbers() != key.numbers()).then_some(changed)
    };
    let mut reversed = key.numbers().to_vec();
    reversed.reverse();
    let reversed = ForeignKey::new(reversed)
        .ok()
        .filter(|reversed| reversed.numbers() != key.numbers());
    [
        (
            with(|n| Some(n.swap_bytes())),
            "the key's eight bytes in the opposite order",
        ),
        (
            with(|n| Some(n.rotate_left(32))),
            "the key's halves of 32 bits in the opposite order",
        ),
        (
            with(|n| Some(u64::from((n as u32).swap_bytes()))),
            "the key's low four bytes in the opposite order",
        ),
        (
            with(|n| u64::from_str_radix(&n.to_string(), 16).ok()),
            "the key's decimal digits read as hexadecimal",
        ),
        (
            with(|n| format!("{n:x}").parse().ok()),
            "the key's hexadecimal digits read as decimal",
        ),
        (reversed, "the key's numbers in the opposite order"),
    ]
    .into_iter()
    .filter_map(|(key, what)| Some((key?, what)))
    .collect()
}
