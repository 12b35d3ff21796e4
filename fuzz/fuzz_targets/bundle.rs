//! A bundle in one tar file: no changed one holds, by a signer that the reader knows.
#![no_main]
use hallmark_verify::bundle::{Trust, verify};
use hallmark_verify::files::{Archive, Files};
use hallmark_verify::formats::Manifest;
use hallmark_verify::public_key::from_pem;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

const WHOLE: &[u8] = include_bytes!("../seeds/bundle.tar");
const SIGNER: &str = include_str!("../seeds/signer.pub.pem");

static FILES: LazyLock<BTreeMap<String, Vec<u8>>> =
    LazyLock::new(|| contents(&Archive::read(WHOLE).expect("a bundle")));

fuzz_target!(|bytes: &[u8]| {
    let archive = match Archive::read(bytes) {
        Ok(archive) => archive,
        Err(error) => return drop(error.to_string()),
    };
    let trust = Trust {
        signers: vec![from_pem(SIGNER).expect("a public key")],
        ..Trust::default()
    };
    let verified = verify(&archive, &trust);
    assert!(!verified.checks.is_empty());
    if verified.holds {
        assert_eq!(contents(&archive), *FILES, "a changed bundle holds");
    }
    let _ = verify(&archive, &Trust::default());
});

fn contents(archive: &Archive) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| {
        let mut content = vec![];
        let mut opened = archive.open(&name).expect("it is listed");
        opened.read_to_end(&mut content).expect("it is in memory");
        (name, content)
    };
    // One envelope can be written in several ways, and others may have signed it too: not the signed bytes are another.
    let names = archive.list().expect("in memory").into_keys().filter(|name| name != Manifest::SIGNED);
    names.map(read).collect()
}
