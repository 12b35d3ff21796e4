//! A real RFC 3161 authority: OpenSSL behind a few lines of HTTP on this machine alone.

use crate::openssl;
use hallmark::{Error, Result};
use hallmark_evidence::timestamp::read_root;
use hallmark_verify::timestamp::Root;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const CONFIG: &str = "
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
";

const EXTENSIONS: &str = "
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
";

/// A folder with a root and an authority under it.
pub(crate) struct Authority {
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("tsa.cnf", CONFIG);
        write("ext.cnf", EXTENSIONS);
        write("serial", "0f\n");
        let run = |arguments: &str| {
            let arguments: Vec<&str> = arguments.split(' ').collect();
            openssl::run(folder.path(), &arguments);
        };
        run("req -new -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=root -out ca.csr");
        run(
            "x509 -req -in ca.csr -signkey ca.key -days 2 -extfile ext.cnf -extensions ca -out ca.pem",
        );
        run(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -subj /CN=authority -out tsa.csr",
        );
        run(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile ext.cnf -extensions tsa -out tsa.pem",
        );
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn root(&self) -> Root {
        read_root(&self.path().join("ca.pem")).unwrap()
    }

    /// The response to a request, as bytes.
    pub(crate) fn answer(&self, request: &[u8]) -> Vec<u8> {
        fs::write(self.path().join("request"), request).unwrap();
        let reply = [
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "tsa",
            "-queryfile",
            "request",
            "-out",
            "response",
        ];
        openssl::run(self.path(), &reply);
        fs::read(self.path().join("response")).unwrap()
    }

    /// Answers one request over HTTP, and gives the address.
    pub(crate) fn serve_once(self: Arc<Self>) -> (String, std::thread::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (head, body) = read_message(&mut stream);
            assert!(head.starts_with("POST / HTTP/1.1"), "{head}");
            assert!(head.contains("application/timestamp-query"), "{head}");
            let response = self.answer(&body);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\n\r\n",
                response.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&response).unwrap();
        });
        (address, server)
    }
}

/// Carries a request over HTTP, as a caller would.
pub(crate) fn post(address: &str, request: &[u8]) -> Result<Vec<u8>> {
    let failed = |error| Error::usage(format_args!("cannot ask {address}: {error}"));
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/timestamp-query\r\nContent-Length: {}\r\n\r\n",
        request.len()
    );
    stream.write_all(head.as_bytes()).map_err(failed)?;
    stream.write_all(request).map_err(failed)?;
    Ok(read_message(&mut stream).1)
}

fn read_message(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.split("Content-Length: ").nth(1).unwrap();
    let length = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}
