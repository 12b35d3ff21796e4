//! A profile, explained.

use hallmark::profile::checked;
use hallmark_core::profile::Profile;
use hallmark_core::schemes::{Family, Parameters, Scheme};

pub(crate) fn profile_text(profile: &Profile) -> String {
    let prf = profile.scheme.row().prf;
    let scheme = if profile.scheme.is_native() {
        native(profile.scheme)
    } else {
        foreign(profile)
    };
    let tokenizer = match &profile.tokenizer.sha256 {
        Some(digest) => format!("SHA-256 {digest}"),
        None => "not named: only token ids can be read".to_owned(),
    };
    let ring = match profile.ring {
        1 => String::new(),
        ring => format!("ring        {ring} sub-keys, of which one marks each request\n"),
    };
    format!(
        "name        {}\nscheme      {scheme}\nprf         {prf}\nwindow      {} token{} before a position key its mark\n{ring}\
         vocabulary  {} token ids\ntokenizer   {tokenizer}\n",
        profile.name,
        profile.window,
        if profile.window == 1 { "" } else { "s" },
        profile.tokenizer.vocab_size
    )
}

fn native(scheme: Scheme) -> String {
    match (scheme.parameters(), scheme.row().family) {
        (Parameters::Green { gamma, delta }, _) => {
            format!("green: a keyed share {gamma} of the tokens gets {delta} added to its logit")
        }
        (Parameters::Tournament { layers }, _) => {
            format!("tournament: {layers} layers of keyed bits decide")
        }
        (_, Family::DualGumbel) => {
            "dual-gumbel: keyed noise from one of two streams decides".to_owned()
        }
        _ => "gumbel: keyed noise decides among the likely tokens".to_owned(),
    }
}

fn foreign(profile: &Profile) -> String {
    let row = profile.scheme.row();
    let with = match profile.scheme.parameters() {
        Parameters::Green { gamma, delta } => {
            format!(": a share {gamma} of the tokens gets {delta} added to its logit")
        }
        Parameters::Tournament { layers } => format!(": {layers} layers"),
        Parameters::Dual { share } => format!(": two keys, a share {share}"),
        _ => String::new(),
    };
    format!(
        "{}{with}; another engine's mark, {}",
        row.id,
        checked(row.checked)
    )
}
