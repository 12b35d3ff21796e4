//! A profile, explained.

use crate::verbs::profile::checked;
use hallmark_core::profile::{AnyProfile, CHACHA12_V1, Foreign, ForeignProfile, Scheme};

pub(crate) fn profile_text(profile: &AnyProfile) -> String {
    let (scheme, prf) = match profile {
        AnyProfile::Native(profile) => (native(profile.scheme), CHACHA12_V1),
        AnyProfile::Foreign(profile) => (foreign(profile), profile.scheme.scheme().prf),
    };
    let tokenizer = match &profile.tokenizer().sha256 {
        Some(digest) => format!("SHA-256 {digest}"),
        None => "not named: only token ids can be read".to_owned(),
    };
    format!(
        "name        {}\nscheme      {scheme}\nprf         {prf}\nwindow      {} token{} before a position key its mark\n\
         vocabulary  {} token ids\ntokenizer   {tokenizer}\n",
        profile.name(),
        profile.window(),
        if profile.window() == 1 { "" } else { "s" },
        profile.tokenizer().vocab_size
    )
}

fn native(scheme: Scheme) -> String {
    match scheme {
        Scheme::Gumbel => "gumbel: keyed noise decides among the likely tokens".to_owned(),
        Scheme::DualGumbel => "dual-gumbel: keyed noise from one of two streams decides".to_owned(),
        Scheme::Green { gamma, delta } => {
            format!("green: a keyed share {gamma} of the tokens gets {delta} added to its logit")
        }
        Scheme::Tournament { layers } => {
            format!("tournament: {layers} layers of keyed bits decide")
        }
    }
}

fn foreign(profile: &ForeignProfile) -> String {
    let known = profile.scheme.scheme();
    let with = match profile.scheme {
        Foreign::Green { gamma, delta, .. } => {
            format!(": a share {gamma} of the tokens gets {delta} added to its logit")
        }
        Foreign::SynthId { layers, .. } => format!(": {layers} layers"),
        Foreign::VllmDual { share } | Foreign::SglangDual { share } => {
            format!(": two keys, a share {share}")
        }
        _ => String::new(),
    };
    format!(
        "{}{with}; another engine's mark, {}",
        known.id,
        checked(known.checked)
    )
}
