//! Manifests in text, in a program that was built with them.

use crate::bench::Bench;
use serde_json::Value;
use std::process::Command;

/// A root, and a certificate that it signed, with its key.
fn certificates(bench: &Bench) {
    let openssl = |line: &str| {
        let made = Command::new("openssl")
            .args(line.split_whitespace())
            .current_dir(bench.path(""))
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "openssl {line}: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    };
    bench.write(
        "extensions",
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
    );
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.pem.key -out root.pem -days 30 -subj /O=Test/CN=root \
         -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
    );
    openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout signer.pem -out signer.csr -subj /O=Test/CN=signer",
    );
    openssl(
        "x509 -req -in signer.csr -CA root.pem -CAkey root.pem.key -CAcreateserial -days 20 -extfile extensions -out chain.pem",
    );
}

#[test]
fn c2pa_signs_a_text_and_reads_it() {
    let bench = Bench::new();
    certificates(&bench);
    bench.ok("profile new --name trial --out trial.toml");
    bench.write("answer.txt", "Two boats, and a dog.\n");
    let sign = "c2pa sign answer.txt --profile trial.toml --certificate chain.pem --certificate-key signer.pem";
    bench.ok(&format!(
        "{sign} --key-id e3e0effe361ad316 --out signed.txt"
    ));
    let read = |line: &str| -> (i32, Value) {
        let ran = bench.run(&format!("--format json c2pa read {line}"));
        (ran.status, serde_json::from_str(&ran.stdout).unwrap())
    };
    let (status, found) = read("signed.txt --text plain.txt");
    assert_eq!(
        (status, &found["state"]),
        (0, &Value::from("valid")),
        "{found}"
    );
    assert_eq!(found["key_id"], "e3e0effe361ad316");
    assert!(
        found["algorithm"]
            .as_str()
            .unwrap()
            .starts_with("hallmark.")
    );
    assert_eq!(found["signed_by"], "signer");
    assert_eq!(bench.read("plain.txt"), "Two boats, and a dog.\n");
    let (status, found) = read("signed.txt --trusted root.pem");
    assert_eq!(
        (status, &found["state"]),
        (0, &Value::from("trusted")),
        "{found}"
    );
    bench.write(
        "changed.txt",
        bench.read("signed.txt").replace("Two", "Ten"),
    );
    let (status, found) = read("changed.txt");
    assert_eq!(
        (status, &found["state"]),
        (1, &Value::from("invalid")),
        "{found}"
    );
    assert_eq!(bench.run("c2pa read answer.txt").status, 1);
    bench.refused(
        &format!("{sign} --key-id mine --out none.txt"),
        2,
        &["--key-id mine", "16 hexadecimal digits"],
    );
    bench.refused(
        "c2pa sign signed.txt --profile trial.toml --certificate chain.pem --certificate-key signer.pem --key-id e3e0effe361ad316 --out none.txt",
        2,
        &["signed.txt", "has a C2PA manifest"],
    );
}
