//! Texts of one's own, cut to lengths.

use crate::error::Result;
use crate::progress::Step;
use crate::read::{self, Inputs, Read};
use hallmark_core::profile::Profile;
use hallmark_corpus::Tokenizer;
use hallmark_detector::cells::RawCells;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// All texts of some files, in tokens.
pub(super) struct Texts {
    blocks: Vec<RawCells>,
    window: usize,
    pub(super) read: Read,
}

impl Texts {
    pub(super) fn read(
        inputs: &Inputs,
        profile: &Profile,
        tokenizer: Option<&Tokenizer>,
        progress: &mut dyn FnMut(Step<'_>),
    ) -> Result<Self> {
        let mut blocks = vec![];
        let read = read::read_with(
            inputs,
            profile,
            tokenizer,
            progress,
            |_| Ok(()),
            |raw| {
                blocks.push(raw);
                Ok(())
            },
        )?;
        Ok(Self {
            blocks,
            window: profile.window,
            read,
        })
    }

    /// The first `tokens` tokens of every text that has as many, or all of every text that has a cell: each once, and how many
    /// came again.
    pub(super) fn of_length(&self, tokens: Option<u32>) -> Result<(RawCells, u64)> {
        let (mut once, mut seen, mut repeated) = (RawCells::new(self.window), HashSet::new(), 0);
        for block in &self.blocks {
            block.take(tokens.map(|tokens| tokens as usize), &mut once, |tokens| {
                if tokens.len() <= self.window {
                    return false;
                }
                let mut hasher = DefaultHasher::new();
                tokens.hash(&mut hasher);
                let is_new = seen.insert(hasher.finish());
                repeated += u64::from(!is_new);
                is_new
            })?;
        }
        Ok((once, repeated))
    }
}
