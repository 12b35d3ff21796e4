//! The detector's file: which marks are looked for, how strictly, and for whom.

mod check;

use hallmark::{Error, Result};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// A detector's file. Paths in it are relative to its folder. `docs/public-detector.md` has each field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the format: 1.
    hallmark_public: u32,
    /// Where to listen.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// What is detected, in words, for `/v1/info`.
    pub detects: String,
    /// Whom to ask, for `/v1/info`.
    pub contact: String,
    /// The largest chance that a text without any of the marks is `found`, over all keys together.
    #[serde(default = "level")]
    pub level: f64,
    /// Each text's threshold is stricter than the level by up to so many decades, as its digest says.
    #[serde(default = "dither_decades")]
    pub dither_decades: f64,
    /// Distinct cells below which a text is `too-short`; without it, as power says.
    #[serde(default)]
    pub minimum_cells: Option<u64>,
    /// Answers leave at multiples of this after their request came, so that their time says less; 0 is at once.
    #[serde(default = "quantum_ms")]
    pub quantum_ms: u64,
    /// The marks that are looked for.
    #[serde(default, rename = "key")]
    pub keys: Vec<KeyConfig>,
    /// Who gets whole findings.
    #[serde(default, rename = "token")]
    pub tokens: Vec<TokenConfig>,
    /// How much is taken from whom.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// The log of what was asked.
    #[serde(default)]
    pub log: Option<LogConfig>,
    /// Whose word on a client's address is taken. By default nobody's.
    #[serde(default)]
    pub proxy: Option<ProxyConfig>,
}

/// A mark that is looked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// What findings for callers with a token call it; outsiders never see it.
    pub name: String,
    /// The key file, of mode 0600.
    pub file: PathBuf,
    /// The profile.
    pub profile: PathBuf,
    /// The marking model's `tokenizer.json`, where it is not the built-in model's.
    #[serde(default)]
    pub tokenizer: Option<PathBuf>,
}

/// A caller that gets whole findings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// What the log calls the caller.
    pub name: String,
    /// SHA-256 of the token, in hexadecimal.
    pub sha256: String,
}

/// How much is taken from whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// The longest request, in bytes.
    pub request_bytes: usize,
    /// Requests a second of one client (an IPv4 address, an IPv6 network of 64 bits), on average.
    pub client_per_second: f64,
    /// How many of them at once.
    pub client_burst: u32,
    /// Requests a second of all clients together, on average.
    pub per_second: f64,
    /// How many of them at once.
    pub burst: u32,
    /// Detections at a time; 0 is one for each processor.
    pub detections: usize,
    /// Requests that wait for one.
    pub queue: usize,
    /// Seconds after which a request that waits is told to come again.
    pub wait_seconds: u64,
    /// Connections at a time.
    pub connections: usize,
    /// Seconds in which a request's head, and after it its body, must have come.
    pub read_seconds: u64,
    /// Seconds after which a connection is closed, requests in flight excepted.
    pub connection_seconds: u64,
    /// Seconds that requests in flight have when the server ends.
    pub shutdown_seconds: u64,
}

/// The log of what was asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Its file, to which is appended.
    pub file: PathBuf,
    /// Whether a request whose line cannot be written goes without an answer.
    #[serde(default = "yes")]
    pub fail_closed: bool,
}

/// Whose word on a client's address is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyConfig {
    /// The header, whose last address counts.
    pub header: String,
    /// The proxies' addresses; a header from elsewhere is not read.
    pub trusted: Vec<IpAddr>,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            request_bytes: 256 << 10,
            client_per_second: 0.05,
            client_burst: 20,
            per_second: 20.0,
            burst: 100,
            detections: 0,
            queue: 64,
            wait_seconds: 5,
            connections: 512,
            read_seconds: 10,
            connection_seconds: 300,
            shutdown_seconds: 10,
        }
    }
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8402))
}

const fn level() -> f64 {
    1e-6
}

const fn dither_decades() -> f64 {
    2.0
}

const fn quantum_ms() -> u64 {
    5
}

const fn yes() -> bool {
    true
}

/// The longest file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

impl Config {
    /// Reads a detector's file.
    ///
    /// # Errors
    /// When it is not there, or a value cannot be used.
    pub fn load(path: &Path) -> Result<Self> {
        let unreadable = |error: std::io::Error| {
            Error::io("read the detector's file", path, &error)
                .hint("check the path; docs/public-detector.md describes the file")
        };
        let size = std::fs::metadata(path).map_err(unreadable)?;
        if size.len() > MAX_BYTES {
            return Err(Error::usage("this is no detector's file: it is too long")
                .at(path.display())
                .hint("docs/public-detector.md describes the file"));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let config: Self = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| 1 + before.matches('\n').count());
            Error::usage(error.message().trim_end())
                .at(format_args!("{}:{line}", path.display()))
                .hint("docs/public-detector.md describes the file")
        })?;
        config.check().map_err(|error| {
            let place = error.place.clone().unwrap_or_default();
            error.at(format_args!("{}: {place}", path.display()))
        })?;
        Ok(config.relative_to(path.parent().unwrap_or(Path::new(""))))
    }

    fn relative_to(mut self, folder: &Path) -> Self {
        for key in &mut self.keys {
            key.profile = folder.join(&key.profile);
            // `-` is stdin, as everywhere.
            if key.file.as_os_str() != "-" {
                key.file = folder.join(&key.file);
            }
            if let Some(tokenizer) = &mut key.tokenizer {
                *tokenizer = folder.join(&*tokenizer);
            }
        }
        if let Some(log) = &mut self.log {
            log.file = folder.join(&log.file);
        }
        self
    }
}
