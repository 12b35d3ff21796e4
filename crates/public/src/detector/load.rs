//! From a detector's file to marks that are ready.

use super::{Group, Named, PublicDetector};
use crate::config::{Config, KeyConfig};
use crate::dither::Dither;
use crate::judge::Facts;
use crate::minimum;
use crate::threshold::{Threshold, log10_level};
use hallmark::detect::Detecting;
use hallmark::files::{keys, profiles};
use hallmark::{Detector, Error, Result, Sought, tokenizers};
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use hallmark_corpus::Tokenizer;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A key with its profile and its tokenizer.
struct Loaded {
    profile: Profile,
    key: Key,
    tokenizer: Option<Arc<Tokenizer>>,
}

impl PublicDetector {
    /// Reads keys, profiles and tokenizers, each once.
    ///
    /// # Errors
    /// When one cannot be read, they do not belong together, or a mark can never be found at this level.
    pub fn load(config: &Config) -> Result<Self> {
        let mut tokenizers = BTreeMap::new();
        let mut loaded = vec![];
        for key in &config.keys {
            let one = Loaded::read(key, &mut tokenizers);
            loaded.push(one.map_err(|error| in_key(error, key))?);
        }
        let strictest = log10_level(config.level, loaded.len()) - config.dither_decades;
        let mut named: Vec<Named> = vec![];
        let mut minimum_cells = 0;
        for (key, one) in config.keys.iter().zip(&loaded) {
            let tokenizer = one.tokenizer.clone();
            let how = Detecting::default();
            let made = Detector::new(&one.profile, &one.key, &how, tokenizer)
                .and_then(|detector| {
                    check(detector.mark(), strictest)?;
                    if config.minimum_cells.is_none() {
                        let cells = minimum::cells(&one.profile, detector.mark(), strictest)?;
                        minimum_cells = minimum_cells.max(cells);
                    }
                    Ok(detector)
                })
                .map_err(|error| in_key(error, key))?;
            let twin = named
                .iter()
                .find(|other| is_same(other.detector.mark(), made.mark()));
            if let Some(twin) = twin {
                return Err(
                    Error::usage(format_args!("it is the same mark as {:?}", twin.name))
                        .at(format_args!("[[key]] {:?}", key.name))
                        .hint("leave one of them out: each key makes the others' level stricter"),
                );
            }
            named.push(Named {
                name: key.name.clone(),
                detector: made,
            });
        }
        let groups = groups(&loaded, &named)?;
        let reads_text = groups
            .iter()
            .all(|group| group.sought.tokenizer().is_some());
        let reads_tokens = groups.len() == 1;
        if !reads_text && !reads_tokens {
            return Err(Error::usage("some profiles name no tokenizer, and others name one: neither text nor ids can be read under all")
                .at("[[key]]")
                .hint("make the profiles with `profile new --tokenizer FILE`, or run two detectors"));
        }
        let dither = Dither::new(loaded.iter().map(|one| &one.key), config.dither_decades);
        Ok(Self {
            groups,
            threshold: Threshold::new(config.level, loaded.len(), dither),
            named,
            facts: Facts {
                minimum_cells: config.minimum_cells.unwrap_or(minimum_cells),
                reads_text,
                reads_tokens,
            },
        })
    }
}

/// Tokenizers that were loaded, by file and by the digest that profiles name.
type Tokenizers = BTreeMap<(Option<PathBuf>, Option<String>), Option<Arc<Tokenizer>>>;

impl Loaded {
    fn read(config: &KeyConfig, tokenizers: &mut Tokenizers) -> Result<Self> {
        let profile = profiles::read(&config.profile)?;
        let key = keys::read(&config.file)?.marking_key();
        let wanted = (config.tokenizer.clone(), profile.tokenizer.sha256.clone());
        let tokenizer = match tokenizers.get(&wanted) {
            Some(tokenizer) => tokenizer.clone(),
            None => {
                let read = tokenizers::of_profile(&profile, config.tokenizer.as_deref())?;
                let read = read.map(Arc::new);
                tokenizers.insert(wanted, read.clone());
                read
            }
        };
        if tokenizer.is_none() && profile.tokenizer.sha256.is_some() {
            return Err(Error::usage(format_args!(
                "profile {:?} is for a tokenizer that is not here",
                profile.name
            ))
            .hint("name its tokenizer.json with tokenizer = \"FILE\""));
        }
        Ok(Self {
            profile,
            key,
            tokenizer,
        })
    }
}

/// Says no to a mark that no text could be found with, or whose p-value takes a comparison with a million keys.
fn check(mark: &Mark, strictest: f64) -> Result<()> {
    if mark.null().related().is_some() {
        return Err(Error::usage(format_args!(
            "{} relates its keys to each other: a small p-value needs a comparison with other keys, which is too dear for a public detector",
            mark.scheme()
        ))
        .hint("use `hallmark detect` for it"));
    }
    let smallest = |bits| -f64::from(bits) * 2_f64.log10();
    match mark.key_bits() {
        Some(bits) if smallest(bits) >= strictest => Err(Error::usage(format_args!(
            "{} keeps {bits} bits of its key, so that no p-value is below 10^{:.1}, and the strictest threshold is 10^{strictest:.1}",
            mark.scheme(),
            smallest(bits)
        ))
        .hint("raise level, or lower dither_decades")),
        _ => Ok(()),
    }
}

fn is_same(a: &Mark, b: &Mark) -> bool {
    (a.key(), a.scheme(), a.window()) == (b.key(), b.scheme(), b.window())
}

fn groups(loaded: &[Loaded], named: &[Named]) -> Result<Vec<Group>> {
    let mut by_tokenizer: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (number, one) in loaded.iter().enumerate() {
        let digest = one.profile.tokenizer.sha256.as_deref();
        by_tokenizer.entry(digest).or_default().push(number);
    }
    let groups = by_tokenizer.into_values().map(|numbers| {
        let marks = numbers.iter().map(|&number| {
            (
                &loaded[number].profile,
                named[number].detector.mark().clone(),
            )
        });
        let tokenizer = loaded[numbers[0]].tokenizer.clone();
        let sought = Sought::new(marks, tokenizer)?;
        let windows = sought.marks().iter().map(Mark::window).collect();
        Ok(Group { sought, windows })
    });
    groups.collect()
}

fn in_key(error: Error, key: &KeyConfig) -> Error {
    let place = match &error.place {
        Some(place) => format!("[[key]] {:?}: {place}", key.name),
        None => format!("[[key]] {:?}", key.name),
    };
    error.at(place)
}
