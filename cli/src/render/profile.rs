//! A profile, explained.

use hallmark_core::profile::{CHACHA12_V1, Profile, Scheme};

pub(crate) fn profile_text(profile: &Profile) -> String {
    let scheme = match profile.scheme {
        Scheme::Gumbel => "gumbel: keyed noise decides among the likely tokens".to_owned(),
        Scheme::DualGumbel => "dual-gumbel: keyed noise from one of two streams decides".to_owned(),
        Scheme::Green { gamma, delta } => {
            format!("green: a keyed share {gamma} of the tokens gets {delta} added to its logit")
        }
        Scheme::Tournament { layers } => {
            format!("tournament: {layers} layers of keyed bits decide")
        }
    };
    let tokenizer = match &profile.tokenizer.sha256 {
        Some(digest) => format!("SHA-256 {digest}"),
        None => "not named: only token ids can be read".to_owned(),
    };
    format!(
        "name        {}\nscheme      {scheme}\nprf         {CHACHA12_V1}\nwindow      {} token{} before a position key its mark\n\
         vocabulary  {} token ids\ntokenizer   {tokenizer}\n",
        profile.name,
        profile.window,
        if profile.window == 1 { "" } else { "s" },
        profile.tokenizer.vocab_size
    )
}
