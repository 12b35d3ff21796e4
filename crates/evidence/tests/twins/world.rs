//! A serving side with its twins, and a suspect's scores.

use hallmark::Result;
use hallmark_core::keys::RootKey;
use hallmark_evidence::twins::{
    Asked, Committed, Draw, Opened, Scores, Side, Tested, TwinsOpening, commit_seed, commit_table,
    test,
};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::PathBuf;

/// A folder with a seed that was committed to.
pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) root: RootKey,
    name: String,
    share: f64,
    pub(crate) opening: TwinsOpening,
}

/// A request with its twins.
#[derive(Clone, Default)]
pub(crate) struct Twin {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) conversation: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) sent: Option<&'static str>,
}

impl Twin {
    fn line(&self) -> String {
        let mut line = format!(
            "{{\"id\":{:?},\"account\":{:?},\"a\":{:?},\"b\":{:?}",
            self.id, self.account, self.a, self.b
        );
        for (name, value) in [
            ("conversation", self.conversation.as_deref()),
            ("prompt", self.prompt.as_deref()),
            ("sent", self.sent),
        ] {
            if let Some(value) = value {
                let _ = write!(line, ",\"{name}\":{value:?}");
            }
        }
        line + "}\n"
    }
}

impl World {
    pub(crate) fn new(share: f64) -> Self {
        Self::named("2026q4", share)
    }

    pub(crate) fn named(name: &str, share: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = RootKey::from_bytes([7; 32]);
        commit_seed(&folder.path().join("seed"), &root, name, share, |_| {
            Ok(vec![])
        })
        .unwrap();
        let opening = TwinsOpening::read(&folder.path().join("seed/twins.opening")).unwrap();
        Self {
            folder,
            root,
            name: name.to_owned(),
            share,
            opening,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Which twin of a request is sent, by the library's own draw.
    pub(crate) fn sent(&self, id: &str) -> Option<Side> {
        let seed = self.root.twins(&self.name).unwrap();
        Draw::new(&seed, self.share).unwrap().sent(id)
    }

    pub(crate) fn commit(&self, twins: &[Twin], requests: Option<&str>) -> Result<Committed> {
        let text: String = twins.iter().map(Twin::line).collect();
        let file = self.write("twins.jsonl", &text);
        let requests = requests.map(|list| self.write("requests", list));
        let _ = std::fs::remove_dir_all(self.path("table"));
        commit_table(
            &self.path("table"),
            &self.path("seed/twins.json"),
            &self.opening,
            &file,
            requests.as_deref(),
            |_| Ok(vec![]),
        )
    }

    pub(crate) fn opened(&self) -> Result<Opened<'_>> {
        Opened::read(&self.path("table"), &self.opening)
    }

    pub(crate) fn scored(&self, scores: &str) -> Result<Tested> {
        let opened = self.opened()?;
        let scores = Scores::read(&self.write("scores", scores), &opened)?;
        test(&opened, &scores, &asked(&[]))
    }

    pub(crate) fn tested(&self, twins: &[Twin], scores: &str, accounts: &[&str]) -> Tested {
        self.commit(twins, None).unwrap();
        let opened = self.opened().unwrap();
        let scores = Scores::read(&self.write("scores", scores), &opened).unwrap();
        test(&opened, &scores, &asked(accounts)).unwrap()
    }

    pub(crate) fn tested_less(&self, twins: &[Twin], scores: &str, reference: &str) -> Tested {
        self.commit(twins, None).unwrap();
        let opened = self.opened().unwrap();
        let scores = Scores::read(&self.write("scores", scores), &opened).unwrap();
        let reference = Scores::read(&self.write("reference", reference), &opened).unwrap();
        test(&opened, &scores.less(&reference), &asked(&[])).unwrap()
    }

    pub(crate) fn similar(&self, twins: &[Twin], answers: &str) -> Result<Tested> {
        self.commit(twins, None)?;
        let opened = self.opened()?;
        let answers = self.write("answers", answers);
        let scores = Scores::similar(&answers, &self.path("twins.jsonl"), &opened)?;
        test(&opened, &scores, &asked(&[]))
    }
}

pub(crate) fn asked(accounts: &[&str]) -> Asked {
    Asked {
        accounts: accounts.iter().map(|&account| account.to_owned()).collect(),
        every_account: false,
        alpha: 0.001,
    }
}

/// Requests that have twins, of two accounts in turn; `change` may do otherwise.
pub(crate) fn records(world: &World, requests: usize, change: impl Fn(&mut Twin)) -> Vec<Twin> {
    let mut twins = vec![];
    for number in 0..requests {
        let id = format!("r{number}");
        if world.sent(&id).is_none() {
            continue;
        }
        let text = |side| {
            let digest = Sha256::digest(format!("{number} {side} text"));
            let words = digest
                .iter()
                .map(|byte| WORDS[usize::from(*byte) % WORDS.len()]);
            words.collect::<Vec<_>>().join(" ")
        };
        let mut twin = Twin {
            account: if twins.len() % 2 == 0 {
                "guilty"
            } else {
                "innocent"
            }
            .to_owned(),
            a: text("a"),
            b: text("b"),
            id,
            ..Twin::default()
        };
        change(&mut twin);
        twins.push(twin);
    }
    twins
}

const WORDS: [&str; 16] = [
    "river", "stone", "over", "glass", "never", "light", "under", "paper", "field", "seven",
    "cloud", "north", "after", "small", "green", "house",
];

/// What a suspect likes in a twin by itself: around 0, and no function of the coin.
pub(crate) fn noise(id: &str, side: Side) -> f64 {
    let digest = Sha256::digest(format!("{id} {side} noise"));
    let sum: u32 = digest.iter().map(|byte| u32::from(*byte)).sum();
    (f64::from(sum) - 4080.0) / 418.0
}

/// A file of scores.
pub(crate) fn scores(twins: &[Twin], score: impl Fn(&str, &str, Side) -> f64) -> String {
    let mut text = String::new();
    for twin in twins {
        let [a, b] = [Side::A, Side::B].map(|side| score(&twin.id, &twin.account, side));
        let _ = writeln!(text, "{{\"id\":{:?},\"a\":{a},\"b\":{b}}}", twin.id);
    }
    text
}
