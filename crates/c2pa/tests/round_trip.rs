//! Texts signed with certificates that are made here, and read again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use hallmark_c2pa::{Algorithm, Binding, Credentials, Error, State, read, sign};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// A signer's chain and key, and the root that vouches for it.
struct Made {
    chain: String,
    key: String,
    root: String,
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Hallmark test");
    params.use_authority_key_identifier_extension = true;
    params
}

fn made() -> Made {
    let mut root = named("Test root");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let root_key = KeyPair::generate().unwrap();
    let root_certificate = root.self_signed(&root_key).unwrap();
    let issuer = Issuer::new(root, root_key);
    let mut signer = named("Test signer");
    signer.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    let key = KeyPair::generate().unwrap();
    let certificate = signer.signed_by(&key, &issuer).unwrap();
    Made {
        chain: certificate.pem(),
        key: key.serialize_pem(),
        root: root_certificate.pem(),
    }
}

const TEXT: &str =
    "The harbour lay quiet.\nA cafe\u{301}, two boats, and a dog \u{2014} no more.\n";

fn signed(made: &Made, text: &str) -> Result<String, Error> {
    let credentials = Credentials {
        chain: made.chain.as_bytes(),
        key: made.key.as_bytes(),
        algorithm: Algorithm::Es256,
    };
    sign(
        text,
        &Binding::new("gumbel", "e3e0effe361ad316"),
        &credentials,
    )
}

#[test]
fn what_is_signed_reads_back() {
    let made = made();
    let signed = signed(&made, TEXT).unwrap();
    let plain = TEXT.replace("e\u{301}", "\u{e9}");
    assert!(signed.starts_with(&plain));
    let found = read(&signed, None).unwrap();
    assert_eq!(found.text, plain);
    assert_eq!(found.state, State::Valid, "{:?}", found.problems);
    let manifest = signed.len() - plain.len();
    assert!((10_000..15_000).contains(&manifest), "{manifest}");
    assert_eq!(found.signed_by.as_deref(), Some("Test signer"));
    let binding = found.binding.unwrap();
    assert_eq!(binding.algorithm, "hallmark.gumbel.v1");
    assert_eq!(binding.key_id, "e3e0effe361ad316");
    let found = read(&signed, Some(&made.root)).unwrap();
    assert_eq!(found.state, State::Trusted, "{:?}", found.problems);
    // Somebody else's root vouches for nothing.
    let other = self::made().root;
    let found = read(&signed, Some(&other)).unwrap();
    assert_eq!(found.state, State::Valid);
}

#[test]
fn a_changed_text_or_manifest_does_not_hold() {
    let made = made();
    let signed = signed(&made, TEXT).unwrap();
    let other = signed.replace("quiet", "still");
    assert_eq!(read(&other, None).unwrap().state, State::Invalid);
    let more = format!("{signed}And more.");
    assert_eq!(read(&more, None).unwrap().state, State::Invalid);
    let before = format!("Before. {signed}");
    assert_eq!(read(&before, None).unwrap().state, State::Invalid);
    // A byte of the manifest is a letter of the text; the last ones fill the room that was kept.
    let start = signed.find('\u{feff}').unwrap();
    let letters: Vec<(usize, char)> = signed[start..].char_indices().skip(1).collect();
    let mut held = vec![];
    for (number, (at, letter)) in letters.iter().enumerate().step_by(61) {
        let another = match letter {
            '\u{fe00}' => '\u{fe01}',
            '\u{fe01}'..='\u{fe0f}' => '\u{fe00}',
            '\u{e0100}' => '\u{e0101}',
            _ => '\u{e0100}',
        };
        let mut changed = signed.clone();
        let place = start + at..start + at + letter.len_utf8();
        changed.replace_range(place, &another.to_string());
        if read(&changed, None).is_ok_and(|found| found.state != State::Invalid) {
            held.push(number);
        }
    }
    // What is signed, and the signature, take the first 1,900 letters and more.
    assert!(letters.len() > 2_500, "{}", letters.len());
    assert!(held.iter().all(|&number| number > 1_900), "{held:?}");
}

#[test]
fn a_text_without_a_manifest_or_with_two_is_refused() {
    let made = made();
    let once = signed(&made, TEXT).unwrap();
    assert!(matches!(read(TEXT, None), Err(Error::NoManifest)));
    assert!(matches!(signed(&made, &once), Err(Error::HasManifest)));
    let twice = format!("{once}{once}");
    assert!(matches!(read(&twice, None), Err(Error::Wrapper(_))));
    // Copied without what cannot be seen, the text is as it was, and nothing of the manifest is left.
    let copied: String = once
        .chars()
        .filter(|c| !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{feff}'))
        .collect();
    assert!(matches!(read(&copied, None), Err(Error::NoManifest)));
    assert_eq!(copied, TEXT.replace("e\u{301}", "\u{e9}"));
}

#[test]
fn a_key_of_another_certificate_cannot_sign() {
    let (one, other) = (made(), made());
    let mixed = Made {
        key: other.key,
        ..one
    };
    let result = signed(&mixed, TEXT).and_then(|signed| read(&signed, None));
    assert!(!matches!(result, Ok(found) if found.state != State::Invalid));
    let none = Made {
        key: "no key".to_owned(),
        ..mixed
    };
    assert!(matches!(signed(&none, TEXT), Err(Error::Credentials(_))));
}
