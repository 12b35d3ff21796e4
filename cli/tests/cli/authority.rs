//! A timestamping authority on this machine: OpenSSL behind a few lines of HTTP.

use crate::bench::Bench;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

const CONFIG: &str = "[tsa]\nserial = serial\ncrypto_device = builtin\nsigner_cert = tsa.pem\nsigner_key = tsa.key\ncerts = ca.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n";
const EXTENSIONS: &str = "[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n[tsa]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n";

/// Starts one that answers so many requests, and gives its address; its root is `ca.pem` in the bench. Nothing where OpenSSL is missing.
pub(crate) fn start(bench: &Bench, requests: usize) -> Option<String> {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("openssl is missing: no authority");
        return None;
    }
    bench.write("tsa.cnf", CONFIG);
    bench.write("ext.cnf", EXTENSIONS);
    bench.write("serial", "0f\n");
    let folder = bench.path("");
    for line in [
        "req -new -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=root -out ca.csr",
        "x509 -req -in ca.csr -signkey ca.key -days 2 -extfile ext.cnf -extensions ca -out ca.pem",
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -subj /CN=authority -out tsa.csr",
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile ext.cnf -extensions tsa -out tsa.pem",
    ] {
        openssl(&folder, line);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            answer(stream.unwrap(), &folder);
        }
    });
    Some(address)
}

fn answer(mut stream: std::net::TcpStream, folder: &PathBuf) {
    let mut request = vec![];
    let mut buffer = [0; 4096];
    let body = loop {
        let read = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        let Some(head) = text.find("\r\n\r\n") else {
            continue;
        };
        let length = text.split("content-length: ").nth(1).unwrap();
        let length: usize = length.split('\r').next().unwrap().parse().unwrap();
        if request.len() >= head + 4 + length {
            break request[head + 4..].to_vec();
        }
    };
    std::fs::write(folder.join("request"), body).unwrap();
    openssl(
        folder,
        "ts -reply -config tsa.cnf -section tsa -queryfile request -out response",
    );
    let response = std::fs::read(folder.join("response")).unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        response.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&response).unwrap();
}

fn openssl(folder: &PathBuf, line: &str) {
    let output = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "openssl {line}: {output:?}");
}
