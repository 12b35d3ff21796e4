//! What is marked with: from flags, or from a profile.

use crate::args::{PowerArgs, SchemeName};
use crate::failure::{Failure, Outcome};
use crate::profile_files;
use hallmark_core::law::Law;
use hallmark_core::profile::Profile;
use hallmark_core::profile::TokenizerRef;
use hallmark_core::schemes::{Parameters, Scheme};

/// What is marked with, from flags or a profile.
pub(super) struct Marking {
    pub(super) scheme: Scheme,
    pub(super) window: usize,
    /// How its cells are scored.
    pub(super) law: Law,
    /// δ where a profile says it.
    pub(super) delta: Option<f64>,
    /// The profile, where there is one.
    pub(super) profile: Option<Profile>,
}

impl Marking {
    pub(super) fn of(args: &PowerArgs) -> Outcome<Self> {
        if let Some(path) = &args.profile {
            let profile = profile_files::read(path)?;
            let delta = match profile.scheme.parameters() {
                Parameters::Green { delta, .. } => Some(delta),
                _ => None,
            };
            return Ok(Self {
                scheme: profile.scheme,
                window: profile.window,
                law: profile.law(),
                delta,
                profile: Some(profile),
            });
        }
        let name = args.scheme.unwrap_or(SchemeName::Green);
        let misplaced = if args.gamma.is_some() && name != SchemeName::Green {
            Some("--gamma belongs to --scheme green")
        } else if args.layers.is_some() && name != SchemeName::Tournament {
            Some("--layers belongs to --scheme tournament")
        } else {
            None
        };
        if let Some(what) = misplaced {
            return Err(Failure::usage(what).hint("leave the flag out, or name that scheme"));
        }
        let scheme = match name {
            SchemeName::Gumbel => Scheme::GUMBEL,
            SchemeName::DualGumbel => Scheme::DUAL_GUMBEL,
            SchemeName::Green => Scheme::green(args.gamma.unwrap_or(0.25), 0.0),
            SchemeName::Tournament => Scheme::tournament(args.layers.unwrap_or(32)),
        };
        if let Parameters::Green { gamma, .. } = scheme.parameters()
            && !(0.001..=0.999).contains(&gamma)
        {
            return Err(
                Failure::usage(format_args!("--gamma {gamma}: allowed is 0.001 to 0.999"))
                    .hint("give the share of green cells, for instance 0.25"),
            );
        }
        let window = usize::from(args.window);
        let profile = Profile {
            name: scheme.id().to_owned(),
            scheme,
            window,
            tokenizer: TokenizerRef {
                vocab_size: 2,
                sha256: None,
            },
        };
        Ok(Self {
            scheme,
            window,
            law: profile.law(),
            delta: None,
            profile: None,
        })
    }

    pub(super) fn gamma(&self) -> Option<f64> {
        match self.scheme.parameters() {
            Parameters::Green { gamma, .. } => Some(gamma),
            _ => None,
        }
    }

    pub(super) fn layers(&self) -> Option<u32> {
        match self.scheme.parameters() {
            Parameters::Tournament { layers } => Some(layers),
            _ => None,
        }
    }
}
