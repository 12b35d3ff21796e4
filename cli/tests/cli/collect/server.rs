//! A suspect's endpoint on this machine: answers, and fails in every way that an endpoint can.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    /// All headers, their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

/// What to send back.
pub(crate) enum Reply {
    /// Status 200 with this body.
    Json(Value),
    /// A status, further header lines (each ended by CR LF), and a body.
    Status(u16, &'static str, &'static str),
    /// Status 200 and bytes that are what they are.
    Bytes(Vec<u8>),
    /// The start of a response, then the connection is closed.
    CloseMidBody,
    /// Nothing, until the client gives up.
    Stall,
}

type Behaviour = dyn FnMut(&Received, usize) -> Reply + Send;

/// An endpoint that runs until the process ends.
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    received: Vec<Received>,
    behaviour: Box<Behaviour>,
}

impl Server {
    /// `behaviour` is given each request and how many came before it.
    pub(crate) fn start(behaviour: impl FnMut(&Received, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            received: vec![],
            behaviour: Box::new(behaviour),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that goes away in the middle is part of the tests.
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { port, state }
    }

    /// Behaves in another way from now on.
    pub(crate) fn behave(&self, behaviour: impl FnMut(&Received, usize) -> Reply + Send + 'static) {
        self.state().behaviour = Box::new(behaviour);
    }

    /// The requests so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// Waits until so many requests came.
    pub(crate) fn await_requests(&self, count: usize) {
        while self.state().received.len() < count {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// What to call it.
    pub(crate) fn endpoint(&self) -> String {
        format!("{}/v1", self.root())
    }

    /// Its address without a path.
    pub(crate) fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Received {
    /// What the last turn, or the prompt, says.
    pub(crate) fn prompt(&self) -> &str {
        let turns = self.body["messages"].as_array();
        let last = turns.and_then(|turns| turns.last()?["content"].as_str());
        let items = self.body["input"].as_array();
        let item = items.and_then(|items| items.last()?["content"].as_str());
        let texts = ["prompt", "text"]
            .iter()
            .find_map(|name| self.body[*name].as_str());
        last.or(item).or(texts).unwrap()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut authorization, mut headers) = (0, None, vec![]);
    loop {
        line.clear();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    let received = Received {
        path,
        authorization,
        headers,
        body: serde_json::from_slice(&body).ok()?,
    };
    let reply = {
        let mut state = state.lock().unwrap();
        let count = state.received.len();
        let reply = (state.behaviour)(&received, count);
        state.received.push(received);
        reply
    };
    send(stream, reply)
}

fn send(mut stream: TcpStream, reply: Reply) -> Option<()> {
    let (status, headers, body) = match reply {
        Reply::Json(value) => (200, "", value.to_string().into_bytes()),
        Reply::Status(status, headers, body) => (status, headers, body.as_bytes().to_vec()),
        Reply::Bytes(bytes) => (200, "", bytes),
        Reply::CloseMidBody => {
            let start = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"choices\": [{\"mess";
            return stream.write_all(start.as_bytes()).ok();
        }
        Reply::Stall => {
            // Ends when the client closes.
            return stream.read(&mut [0]).ok().map(|_| ());
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}
