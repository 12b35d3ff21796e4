//! The log of what was asked: who, what, when, and never the text or a score.

use crate::client::Client;
use crate::config::LogConfig;
use hallmark::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use sha2::Sha256;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// Lines of JSON, appended.
pub(crate) struct Audit {
    path: PathBuf,
    /// Whether a request whose line cannot be written goes without an answer.
    pub(crate) fail_closed: bool,
    state: Mutex<State>,
}

struct State {
    file: File,
    /// Names clients. It is drawn when the file is opened and written nowhere, so that labels tell clients apart and, once
    /// the file is closed, nobody can try all addresses.
    key: Zeroizing<[u8; 32]>,
    /// A line may have been written in part.
    torn: bool,
    /// Requests that were turned away since the last line about them.
    shed: u64,
    shed_at: Option<Timestamp>,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) client: Client,
    pub(crate) caller: Option<&'a str>,
    pub(crate) endpoint: &'static str,
    pub(crate) bytes: u64,
    pub(crate) result: &'a str,
    pub(crate) status: u16,
    pub(crate) took: Duration,
}

/// The same as it is written.
#[derive(Serialize)]
struct Written<'a> {
    time: String,
    client: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'a str>,
    endpoint: &'static str,
    bytes: u64,
    result: &'a str,
    status: u16,
    took: &'static str,
}

/// The start of a file, or of another set of labels in it.
#[derive(Serialize)]
struct Opened {
    time: String,
    opened: &'static str,
}

/// Requests that were turned away.
#[derive(Serialize)]
struct Shed {
    time: String,
    shed: u64,
}

impl Audit {
    /// Opens the file, or makes it.
    pub(crate) fn open(config: &LogConfig) -> Result<Self> {
        let path = &config.file;
        let state = State::open(path).map_err(|error| {
            Error::io("open the log", path, &error)
                .at("[log] file")
                .hint("check that its folder exists and can be written")
        })?;
        Ok(Self {
            path: path.clone(),
            fail_closed: config.fail_closed,
            state: Mutex::new(state),
        })
    }

    /// Opens the file anew, after it was moved away. If it cannot be, the old one goes on.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let mut state = self.state();
        state.tell_shed(Timestamp::now());
        *state = State::open(&self.path)?;
        Ok(())
    }

    /// Writes a line.
    pub(crate) fn write(&self, line: &Line<'_>) -> io::Result<()> {
        let mut state = self.state();
        let written = Written {
            time: time(Timestamp::now()),
            client: label(&state.key, line.client),
            caller: line.caller,
            endpoint: line.endpoint,
            bytes: line.bytes,
            result: line.result,
            status: line.status,
            took: bucket(line.took),
        };
        state.append(&written)
    }

    /// Counts a request that was turned away at once. There is a line about them once a second at most: whoever sends many
    /// cannot fill the disk.
    pub(crate) fn shed(&self) {
        let mut state = self.state();
        let now = Timestamp::now();
        state.shed += 1;
        let last = state.shed_at.map(|at| now.duration_since(at).as_secs());
        if last.is_none_or(|seconds| seconds >= 1) {
            state.tell_shed(now);
        }
    }

    /// Writes what is left to say.
    pub(crate) fn finish(&self) {
        self.state().tell_shed(Timestamp::now());
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(io::Error::other)?;
        let mut state = Self {
            file: options.open(path)?,
            key,
            torn: false,
            shed: 0,
            shed_at: None,
        };
        state.append(&Opened {
            time: time(Timestamp::now()),
            opened: concat!("hallmark ", env!("CARGO_PKG_VERSION")),
        })?;
        Ok(state)
    }

    fn append(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut text = Vec::with_capacity(256);
        if self.torn {
            text.push(b'\n');
        }
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
        let written = self.file.write_all(&text);
        self.torn = written.is_err();
        written
    }

    fn tell_shed(&mut self, now: Timestamp) {
        if self.shed == 0 {
            return;
        }
        let line = Shed {
            time: time(now),
            shed: self.shed,
        };
        if self.append(&line).is_ok() {
            self.shed = 0;
            self.shed_at = Some(now);
        }
    }
}

fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// 64 bits of an HMAC of the client's address.
fn label(key: &[u8; 32], client: Client) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&client.bytes());
    base16ct::lower::encode_string(&mac.finalize().into_bytes()[..8])
}

/// A duration as coarse as the log has it.
fn bucket(took: Duration) -> &'static str {
    const BUCKETS: [(u128, &str); 6] = [
        (10, "<10ms"),
        (50, "<50ms"),
        (200, "<200ms"),
        (1000, "<1s"),
        (5000, "<5s"),
        (u128::MAX, ">=5s"),
    ];
    let ms = took.as_millis();
    let fits = BUCKETS.iter().find(|(most, _)| ms < *most);
    fits.map_or(">=5s", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Proxy;
    use axum::http::HeaderMap;
    use serde_json::Value;

    fn client(address: &str) -> Client {
        let peer = format!("{address}:1").parse().unwrap();
        Proxy::new(None).client(peer, &HeaderMap::new())
    }

    fn line(client: Client) -> Line<'static> {
        Line {
            client,
            caller: None,
            endpoint: "/v1/detect",
            bytes: 12,
            result: "found",
            status: 200,
            took: Duration::from_millis(3),
        }
    }

    fn lines(path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn clients_are_told_apart_and_not_named_and_labels_end_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let config = LogConfig {
            file: folder.path().join("log.jsonl"),
            fail_closed: true,
        };
        let audit = Audit::open(&config).unwrap();
        let (one, two) = (client("192.0.2.1"), client("192.0.2.2"));
        for client in [one, two, one] {
            audit.write(&line(client)).unwrap();
        }
        audit.reopen().unwrap();
        audit.write(&line(one)).unwrap();
        let lines = lines(&config.file);
        let label = |number: usize| lines[number]["client"].as_str().unwrap();
        assert_eq!(lines.len(), 6);
        assert!(lines[0]["opened"].is_string() && lines[4]["opened"].is_string());
        assert_eq!(label(1), label(3));
        assert_ne!(label(1), label(2));
        assert_ne!(label(1), label(5), "another file, other labels");
        assert!(
            !std::fs::read_to_string(&config.file)
                .unwrap()
                .contains("192.0")
        );
        assert_eq!(lines[1]["took"], "<10ms");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&config.file)
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn many_that_are_turned_away_are_few_lines() {
        let folder = tempfile::tempdir().unwrap();
        let config = LogConfig {
            file: folder.path().join("log.jsonl"),
            fail_closed: true,
        };
        let audit = Audit::open(&config).unwrap();
        for _ in 0..1000 {
            audit.shed();
        }
        audit.finish();
        let lines = lines(&config.file);
        assert!(lines.len() <= 5, "{}", lines.len());
        let shed: u64 = lines.iter().filter_map(|line| line["shed"].as_u64()).sum();
        assert_eq!(shed, 1000);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_an_error() {
        let config = LogConfig {
            file: "/dev/full".into(),
            fail_closed: true,
        };
        let Err(error) = Audit::open(&config) else {
            panic!("nothing fits there")
        };
        assert!(error.to_string().contains("/dev/full"), "{error}");
        assert!(error.hint.is_some());
    }
}
