//! Twins as the serving side kept them, checked against the draw.

use super::draw::{Draw, Side};
use super::format::Pair;
use super::lines::{place, records};
use hallmark::{Error, Result};
use hallmark_verify::digest::hexadecimal;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A request with both answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    pub(super) id: String,
    #[serde(default)]
    pub(super) account: Option<String>,
    /// Of a conversation the first request with twins counts: what comes later shows which of its twins was sent.
    #[serde(default)]
    pub(super) conversation: Option<String>,
    #[serde(default)]
    pub(super) prompt: Option<String>,
    pub(super) a: String,
    pub(super) b: String,
    #[serde(default)]
    pub(super) sent: Option<Side>,
}

/// The longest id or name of an account, in bytes.
const MAX_NAME: usize = 1024;

impl Given {
    /// Its line of the table.
    pub(super) fn pair(&self, draw: &Draw<'_>) -> Pair {
        let answer = |side, text| hexadecimal(&draw.answer(&self.id, side, text));
        let prompt = self.prompt.as_ref();
        Pair {
            id: self.id.clone(),
            account: self.account.clone(),
            a: answer(Side::A, &self.a),
            b: answer(Side::B, &self.b),
            bytes_a: self.a.len() as u64,
            bytes_b: self.b.len() as u64,
            prompt: prompt.map(|text| hexadecimal(&draw.prompt(&self.id, text))),
        }
    }

    fn check(&self, draw: &Draw<'_>) -> Result<()> {
        let names = [
            Some(&self.id),
            self.account.as_ref(),
            self.conversation.as_ref(),
        ];
        for name in names.into_iter().flatten() {
            if name.is_empty() || name.len() > MAX_NAME || name.chars().any(char::is_control) {
                return Err(Error::usage(
                    "an id or a name has 1 to 1,024 bytes and no control character",
                ));
            }
        }
        let Some(sent) = draw.sent(&self.id) else {
            return Err(Error::integrity(format_args!("the draw gave request {:?} no twins", self.id))
                .hint("whether a request has twins is decided by `twins draw` alone: check key, name and share"));
        };
        match self.sent {
            Some(said) if said != sent => Err(Error::integrity(format_args!(
                "of request {:?} twin {said} was sent, where the coin says {sent}",
                self.id
            ))
            .hint("a pair whose coin was not obeyed cannot be left out either: the draw is spoiled, and the serving side has to be repaired before the next")),
            _ => Ok(()),
        }
    }
}

/// What a file of twins comes to.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) pairs: Vec<Pair>,
    pub(super) later_in_conversation: u64,
    /// All requests with twins, also those that are not in the table.
    pub(super) ids: HashSet<String>,
}

/// Reads a file of twins in its order.
pub(super) fn read(path: &Path, draw: &Draw<'_>) -> Result<Made> {
    let mut made = Made {
        pairs: vec![],
        later_in_conversation: 0,
        ids: HashSet::new(),
    };
    let mut conversations = HashSet::new();
    let mut shown = Shown::default();
    records(path, |given: Given, line| {
        given
            .check(draw)
            .map_err(|error| error.at(place(path, line)))?;
        if !made.ids.insert(given.id.clone()) {
            return Err(
                Error::usage(format_args!("request {:?} stands there twice", given.id))
                    .at(place(path, line))
                    .hint("give each request once, with the twins that were drawn first"),
            );
        }
        if let Some(name) = &given.conversation
            && !conversations.insert((given.account.clone(), name.clone()))
        {
            made.later_in_conversation += 1;
            return Ok(());
        }
        shown.add(&given);
        made.pairs.push(given.pair(draw));
        Ok(())
    })?;
    shown.check(path)?;
    Ok(made)
}

/// Prompts that show a twin of a request of the same account.
#[derive(Default)]
struct Shown {
    /// By account the first bytes of every answer that has so many, and whose twin begins otherwise.
    starts: HashMap<Option<String>, HashSet<Vec<u8>>>,
    has_prompts: bool,
}

/// Bytes of an answer by which it is known again in a prompt.
const START: usize = 64;

impl Shown {
    fn add(&mut self, given: &Given) {
        let starts = [&given.a, &given.b].map(|answer| answer.trim().as_bytes().get(..START));
        if starts[0] != starts[1] {
            let own = self.starts.entry(given.account.clone()).or_default();
            own.extend(starts.into_iter().flatten().map(<[u8]>::to_vec));
        }
        self.has_prompts |= given.prompt.is_some();
    }

    /// Reads the file again, for what prompts show.
    fn check(&self, path: &Path) -> Result<()> {
        if !self.has_prompts || self.starts.is_empty() {
            return Ok(());
        }
        if path == Path::new("-") {
            return Err(
                Error::usage("twins with prompts are read twice, and stdin cannot be")
                    .hint("give a file: prompts that show a twin of the same account are refused"),
            );
        }
        let mut conversations = HashSet::new();
        records(path, |given: Given, line| {
            if let Some(name) = &given.conversation
                && !conversations.insert((given.account.clone(), name.clone()))
            {
                return Ok(());
            }
            let prompt = given.prompt.as_deref().unwrap_or_default().as_bytes();
            let starts = self.starts.get(&given.account);
            let shows = |part| starts.is_some_and(|starts| starts.contains(part));
            match prompt.windows(START).any(shows) {
                true => Err(Error::usage(format_args!(
                    "the prompt of request {:?} shows a twin of a request of the same account",
                    given.id
                ))
                .at(place(path, line))
                .hint("it says which twin was sent there, so that coins are not independent of twins: give requests of one conversation the same `conversation`, and its first one counts")),
                false => Ok(()),
            }
        })
    }
}
