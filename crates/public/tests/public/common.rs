//! A server on a free port of this machine, and a client that says exactly what it is told to.

use hallmark_core::keys::{KeyFile, RootKey};
use hallmark_public::{
    Answer, Config, Examination, Facts, Handle, Judge, PublicDetector, Question, Refused, Server,
};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// A caller's token, and its digest.
pub(crate) const TOKEN: &str = "a-token-of-thirty-two-bytes-or-more";
pub(crate) const TOKEN_SHA256: &str =
    "9f651de94dd6caef8608bc1f45a7c03bdbcf4090f07e4427a0bcc3eacb123695";

/// What is written into most files.
pub(crate) const GENEROUS: &str =
    "[limits]\nclient_per_second = 1000\nclient_burst = 1000\nper_second = 1000\nburst = 1000\n";

/// The head of a file that is complete but for its limits.
pub(crate) const HEAD: &str = "hallmark_public = 1\nlisten = \"127.0.0.1:0\"\ndetects = \"Text of a test's model.\"\n\
                        contact = \"a test\"\nquantum_ms = 0\nlog = { file = \"log.jsonl\" }\n";

/// A folder with keys, a profile, and a detector's file.
pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    /// With the key that marked `data/marked.jsonl`, another, and this text in the file before the keys.
    pub(crate) fn new(head: &str, tail: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for (name, byte) in [("marking.key", 7), ("other.key", 8)] {
            let key = KeyFile::Root(RootKey::from_bytes([byte; 32]));
            hallmark::files::keys::write(&path.join(name), &key, &[]).unwrap();
        }
        let digest = hallmark::tokenizers::built_in_ref().unwrap();
        let profile = format!(
            "hallmark = 1\nname = \"a-secret-name\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n\
             [tokenizer]\nvocab_size = {}\nsha256 = \"{}\"\n",
            digest.vocab_size,
            digest.sha256.unwrap()
        );
        std::fs::write(path.join("profile.toml"), profile).unwrap();
        let keys: String = ["other", "marking"]
            .iter()
            .map(|name| {
                format!("[[key]]\nname = \"the-{name}-key\"\nfile = \"{name}.key\"\nprofile = \"profile.toml\"\n")
            })
            .collect();
        let token = format!("[[token]]\nname = \"the-newsroom\"\nsha256 = \"{TOKEN_SHA256}\"\n");
        let text = format!("{head}\n{keys}{token}{tail}");
        std::fs::write(path.join("public.toml"), text).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("public.toml")
    }

    pub(crate) fn config(&self) -> Config {
        Config::load(&self.file()).unwrap()
    }

    /// The lines of its log.
    pub(crate) fn log(&self) -> Vec<Value> {
        log(&self.0.path().join("log.jsonl"))
    }
}

/// The lines of a log.
pub(crate) fn log(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// With marks.
    pub(crate) fn of(folder: &Folder) -> Self {
        let config = folder.config();
        let detector = PublicDetector::load(&config).unwrap();
        Self::with(&config, Arc::new(detector))
    }

    pub(crate) fn with(config: &Config, judge: Arc<dyn Judge>) -> Self {
        let server = Server::bind(config, judge).unwrap();
        let (address, handle) = (server.address(), server.handle());
        let thread = std::thread::spawn(move || server.run_without_signals().unwrap());
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }

    /// Stops it, and waits until it has.
    pub(crate) fn end(mut self) {
        self.handle.stop();
        self.thread.take().unwrap().join().unwrap();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.thread.as_ref().unwrap().is_finished()
    }

    pub(crate) fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Client(BufReader::new(stream))
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.connect()
            .send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
    }

    /// A question, by whoever bears this token.
    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>, token: Option<&str>) -> Response {
        self.connect().post(path, body, token)
    }

    /// What `/v1/detect` says.
    pub(crate) fn detect(&self, question: &Value) -> String {
        let response = self.post("/v1/detect", question.to_string(), None);
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()["result"].as_str().unwrap().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

/// A connection.
pub(crate) struct Client(pub(crate) BufReader<TcpStream>);

impl Client {
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.0.get_mut().write_all(bytes.as_ref())
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> Response {
        self.write(bytes).unwrap();
        self.read().unwrap()
    }

    pub(crate) fn post(
        &mut self,
        path: &str,
        body: impl AsRef<[u8]>,
        token: Option<&str>,
    ) -> Response {
        let body = body.as_ref();
        let bearer = token.map_or_else(String::new, |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{bearer}content-length: {}\r\n\r\n",
            body.len()
        );
        self.send([head.as_bytes(), body].concat())
    }

    pub(crate) fn read(&mut self) -> std::io::Result<Response> {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut response = Response {
            status,
            head: head.to_ascii_lowercase(),
            body: vec![],
        };
        let length = response.header("content-length").unwrap_or("0");
        response.body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut response.body)?;
        Ok(response)
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// In small letters.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let find = |line: &'_ str| line.split_once(": ").is_some_and(|(this, _)| this == name);
        let line = self.head.lines().find(|line| find(line))?;
        line.split_once(": ").map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// An error's code, of a response that is an error and nothing else.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        let error = &json["error"];
        assert_eq!(json.as_object().unwrap().len(), 1);
        assert_eq!(error.as_object().unwrap().len(), 2);
        error["code"].as_str().unwrap().to_owned()
    }
}

/// The texts of a file of `data`.
pub(crate) fn texts(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    log(&path)
        .iter()
        .map(|line| line["text"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn text(text: &str) -> Value {
    json!({ "text": text })
}

/// A judge that does what its question says.
pub(crate) struct Stub;

impl Judge for Stub {
    fn answer(&self, question: Question) -> Result<Answer, Refused> {
        let Question::Text(text) = question else {
            return Err(Refused::NoTokens);
        };
        match text.split_once(' ') {
            Some(("sleep", ms)) => {
                std::thread::sleep(Duration::from_millis(ms.parse().unwrap()));
                Ok(Answer::NotFound)
            }
            Some(("panic", secret)) => panic!("while reading {secret}"),
            Some(("fail", _)) => Err(Refused::Failed),
            _ => Ok(Answer::Found),
        }
    }

    fn examine(&self, _question: Question) -> Result<Examination, Refused> {
        Ok(Examination::new(vec![]))
    }

    fn facts(&self) -> Facts {
        Facts {
            minimum_cells: 1,
            reads_text: true,
            reads_tokens: false,
        }
    }
}
