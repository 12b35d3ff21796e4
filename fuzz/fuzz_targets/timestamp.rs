//! Timestamps: tokens, authorities' answers, roots. A changed token does not hold.
#![no_main]
use hallmark_fuzz::choice;
use hallmark_verify::digest::of_hexadecimal;
use hallmark_verify::timestamp::{Root, Token, token_of_response};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const ROOTS: [&[u8]; 2] =
    [include_bytes!("../seeds/rsa-root.pem"), include_bytes!("../seeds/ecdsa-root.pem")];

static STAMPED: LazyLock<Option<[u8; 32]>> =
    LazyLock::new(|| of_hexadecimal(include_str!("../seeds/stamped.sha256")));

static KNOWN: LazyLock<Vec<Root>> =
    LazyLock::new(|| ROOTS.map(|pem| Root::parse(pem).expect("a root")).to_vec());

fuzz_target!(|bytes: &[u8]| {
    let (choice, bytes) = choice(bytes);
    if choice & 1 != 0 {
        match Root::parse(bytes) {
            Ok(_) => return,
            Err(error) => return drop(error.to_string()),
        }
    }
    let der = match choice & 2 {
        0 => bytes,
        _ => match token_of_response(bytes) {
            Ok(token) => token,
            Err(error) => return drop(error.to_string()),
        },
    };
    let token = match Token::parse(der) {
        Ok(token) => token,
        Err(error) => return drop(error.to_string()),
    };
    let _ = token.nonce();
    for root in &*KNOWN {
        match token.verify(&token.sha256(), root) {
            Ok(stamped) => {
                let _ = stamped.time.to_string();
                assert_eq!(token.sha256(), STAMPED.expect("a digest"), "a digest that nobody stamped");
            }
            Err(error) => drop(error.to_string()),
        }
    }
});
