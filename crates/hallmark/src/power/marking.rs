//! What is marked with: a profile, or a scheme with its parameters.

use crate::error::{Error, Result};
use hallmark_core::keys::{ForeignKey, Key};
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::{Parameters, Scheme};

/// Numbers of a key at most: one for each layer.
const MOST_NUMBERS: u64 = 64;

/// What is marked with.
#[derive(Clone, Debug)]
pub struct Marking {
    /// How its cells are scored.
    pub(super) profile: Profile,
    /// δ where a profile says it.
    pub(super) delta: Option<f64>,
    /// Whether the profile's tokenizer is known.
    pub(super) reads_text: bool,
}

impl Marking {
    /// The level that the law alone has to reach: where the function keeps b bits of a key, 2^-b of it is the chance of another key that is the same
    /// in effect.
    pub(super) fn level_of_law(&self, alpha: f64) -> Result<f64> {
        let Some(bits) = self.key_bits() else {
            return Ok(alpha);
        };
        let other_key = 0.5_f64.powi(i32::try_from(bits).unwrap_or(i32::MAX));
        match alpha > other_key {
            true => Ok(alpha - other_key),
            false => Err(Error::usage(format_args!(
                "a key of {} has {bits} bits in effect, so no p is below {other_key:.1e}",
                self.profile.scheme.id()
            ))
            .at(format_args!("--alpha {alpha:e}"))
            .hint("give a level above that: no number of answers reaches a smaller p")),
        }
    }

    /// A profile.
    #[must_use]
    pub fn of_profile(profile: Profile) -> Self {
        let delta = match profile.scheme.parameters() {
            Parameters::Green { delta, .. } => Some(delta),
            _ => None,
        };
        Self {
            profile,
            delta,
            reads_text: true,
        }
    }

    /// A scheme with its parameters; δ does not matter.
    ///
    /// # Errors
    /// When the share of green cells is none.
    pub fn of_scheme(scheme: Scheme, window: usize) -> Result<Self> {
        if let Parameters::Green { gamma, .. } = scheme.parameters()
            && !(0.001..=0.999).contains(&gamma)
        {
            return Err(Error::usage("allowed is 0.001 to 0.999")
                .at(format_args!("--gamma {gamma}"))
                .hint("give the share of green cells, for instance 0.25"));
        }
        Ok(Self {
            profile: Profile {
                name: scheme.id().to_owned(),
                scheme,
                window,
                ring: 1,
                tokenizer: TokenizerRef {
                    vocab_size: 2,
                    sha256: None,
                },
            },
            delta: None,
            reads_text: false,
        })
    }

    /// How many bits of a key the scheme's function keeps at most; none where it keeps all.
    pub(super) fn key_bits(&self) -> Option<u32> {
        // Numbers of 64 bits each, spread by the golden ratio.
        let number = |at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 62;
        let mut keys = (1..=MOST_NUMBERS).filter_map(|count| {
            let numbers = (1..=count).map(number).collect();
            ForeignKey::new(numbers).ok().map(Key::Foreign)
        });
        let key = keys.find(|key| self.profile.takes(key))?;
        Mark::new(&self.profile, &key).ok()?.key_bits()
    }

    pub(super) fn gamma(&self) -> Option<f64> {
        match self.profile.scheme.parameters() {
            Parameters::Green { gamma, .. } => Some(gamma),
            _ => None,
        }
    }

    pub(super) fn layers(&self) -> Option<u32> {
        match self.profile.scheme.parameters() {
            Parameters::Tournament { layers } => Some(layers),
            _ => None,
        }
    }
}
