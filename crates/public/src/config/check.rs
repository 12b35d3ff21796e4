//! Values that cannot be used.

use super::{Config, LimitsConfig};
use crate::tokens;
use axum::http::HeaderName;
use hallmark::{Error, Result};
use std::collections::HashSet;
use std::fmt::Display;

/// The most decades by which thresholds differ.
const MOST_DECADES: f64 = 20.0;

/// The longest name or text for people, in bytes.
const MAX_TEXT: usize = 2000;

fn refuse(place: impl Display, what: impl Display, hint: &str) -> Result<()> {
    Err(Error::usage(what).at(place).hint(hint))
}

impl Config {
    /// Says no to a value that cannot be used, and names it.
    pub(super) fn check(&self) -> Result<()> {
        if self.hallmark_public != 1 {
            return refuse(
                format_args!("hallmark_public = {}", self.hallmark_public),
                "this version reads 1",
                "use the version of hallmark that the file was written for",
            );
        }
        for (name, text) in [("detects", &self.detects), ("contact", &self.contact)] {
            if text.trim().is_empty() || text.len() > MAX_TEXT {
                return refuse(
                    name,
                    "outsiders are to be told, in 1 to 2000 bytes",
                    "say in a sentence whose text is detected, and give a contact for questions",
                );
            }
        }
        if !(self.level >= 1e-100 && self.level <= 0.01) {
            return refuse(
                format_args!("level = {}", self.level),
                "allowed is 1e-100 to 0.01",
                "give the largest chance of a false `found`, for instance 1e-6",
            );
        }
        if !(self.dither_decades >= 0.0 && self.dither_decades <= MOST_DECADES) {
            return refuse(
                format_args!("dither_decades = {}", self.dither_decades),
                "allowed is 0 to 20",
                "2 is usual; more hides more and needs longer texts",
            );
        }
        if self.minimum_cells == Some(0) {
            return refuse(
                "minimum_cells = 0",
                "allowed is 1 and more",
                "leave it out: then power says",
            );
        }
        if self.quantum_ms > 1000 {
            return refuse(
                format_args!("quantum_ms = {}", self.quantum_ms),
                "allowed is 0 to 1000",
                "5 is usual; 0 lets answers go at once",
            );
        }
        self.check_keys()?;
        self.check_tokens()?;
        self.limits.check()?;
        self.check_proxy()
    }

    fn check_keys(&self) -> Result<()> {
        if self.keys.is_empty() {
            return refuse(
                "[[key]]",
                "there is none, so there is nothing to look for",
                "add [[key]] with name, file and profile",
            );
        }
        let mut names = HashSet::new();
        for key in &self.keys {
            check_name("[[key]]", &key.name)?;
            if !names.insert(&key.name) {
                return refuse(
                    format_args!("[[key]] name = {:?}", key.name),
                    "there are two of this name",
                    "give each key a name of its own",
                );
            }
        }
        if self
            .keys
            .iter()
            .filter(|key| key.file.as_os_str() == "-")
            .count()
            > 1
        {
            return refuse(
                "[[key]] file = \"-\"",
                "stdin can be read once",
                "put all but one of the keys into files",
            );
        }
        Ok(())
    }

    fn check_tokens(&self) -> Result<()> {
        for token in &self.tokens {
            check_name("[[token]]", &token.name)?;
            if tokens::digest(&token.sha256).is_none() {
                return refuse(
                    format_args!("[[token]] {:?} sha256", token.name),
                    "it is not 64 hexadecimal digits",
                    "give the digest of the token, never the token: printf %s \"$TOKEN\" | sha256sum",
                );
            }
        }
        Ok(())
    }

    fn check_proxy(&self) -> Result<()> {
        let Some(proxy) = &self.proxy else {
            return Ok(());
        };
        if HeaderName::from_bytes(proxy.header.as_bytes()).is_err() {
            return refuse(
                format_args!("[proxy] header = {:?}", proxy.header),
                "it is no header's name",
                "x-forwarded-for is usual",
            );
        }
        if proxy.trusted.is_empty() {
            return refuse(
                "[proxy] trusted",
                "no proxy is trusted, so the header would never be read",
                "name the proxies' addresses, or leave [proxy] out",
            );
        }
        Ok(())
    }
}

fn check_name(place: &str, name: &str) -> Result<()> {
    if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
        return refuse(
            format_args!("{place} name = {name:?}"),
            "a name has 1 to 128 bytes of printable text",
            "give it another name",
        );
    }
    Ok(())
}

impl LimitsConfig {
    fn check(&self) -> Result<()> {
        let rates = [
            ("client_per_second", self.client_per_second),
            ("per_second", self.per_second),
        ];
        for (name, rate) in rates {
            if !(1e-6..=1e6).contains(&rate) {
                return refuse(
                    format_args!("[limits] {name} = {rate}"),
                    "allowed is 0.000001 to 1000000",
                    "give requests a second; 0.1 is one in ten seconds",
                );
            }
        }
        let counts = [
            ("request_bytes", self.request_bytes as u64, 64, 64 << 20),
            ("client_burst", self.client_burst.into(), 1, 1_000_000),
            ("burst", self.burst.into(), 1, 1_000_000),
            ("detections", self.detections as u64, 0, 1024),
            ("queue", self.queue as u64, 1, 1 << 16),
            ("wait_seconds", self.wait_seconds, 1, 600),
            ("connections", self.connections as u64, 1, 1 << 16),
            ("read_seconds", self.read_seconds, 1, 600),
            ("connection_seconds", self.connection_seconds, 1, 86_400),
            ("shutdown_seconds", self.shutdown_seconds, 0, 600),
        ];
        for (name, count, least, most) in counts {
            if !(least..=most).contains(&count) {
                return refuse(
                    format_args!("[limits] {name} = {count}"),
                    format_args!("allowed is {least} to {most}"),
                    "docs/public-detector.md says what each limit is for",
                );
            }
        }
        Ok(())
    }
}
