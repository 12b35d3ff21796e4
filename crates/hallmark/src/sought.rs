//! Marks that are looked for together, in text after text: what is loaded is loaded once.

use crate::dedup::Dedup;
use crate::error::{Error, Result};
use crate::progress::Step;
use crate::read::{self, Inputs, Read};
use crate::tokenizers;
use hallmark_core::mark::Mark;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_corpus::{TokenRecord, Tokenizer};
use hallmark_detector::detection::Detection;
use hallmark_detector::finding::Finding;
use std::path::Path;
use std::sync::Arc;

/// Marks of one tokenizer: text is cut into tokens once, and windows of one length are made once.
pub struct Sought {
    marks: Vec<Mark>,
    /// Token ids of the largest vocabulary, and windows of the shortest length: longer ones are made of them.
    reads: Profile,
    tokenizer: Option<Arc<Tokenizer>>,
}

impl Sought {
    /// These marks, and the tokenizer that their profiles name, where text is to be read.
    ///
    /// # Errors
    /// When there is none, or their profiles are for different tokenizers.
    pub fn new<'a>(
        marks: impl IntoIterator<Item = (&'a Profile, Mark)>,
        tokenizer: Option<Arc<Tokenizer>>,
    ) -> Result<Self> {
        let (profiles, marks): (Vec<&Profile>, Vec<Mark>) = marks.into_iter().unzip();
        let first = one_tokenizer(profiles.iter().copied())?;
        let all = || profiles.iter();
        let vocab_size = all().map(|profile| profile.tokenizer.vocab_size).max();
        let widest = TokenizerRef {
            vocab_size: vocab_size.unwrap_or(0),
            sha256: first.tokenizer.sha256.clone(),
        };
        let reads = Profile {
            window: all().map(|profile| profile.window).min().unwrap_or(1),
            ring: 1,
            tokenizer: widest,
            ..first.clone()
        };
        Ok(Self {
            marks,
            reads,
            tokenizer,
        })
    }

    /// Loads the tokenizer that the profiles name: the given file, or the built-in one.
    ///
    /// # Errors
    /// When the file is not the profiles'.
    pub fn load(&mut self, given: Option<&Path>) -> Result<()> {
        self.tokenizer = tokenizers::of_profile(&self.reads, given)?.map(Arc::new);
        Ok(())
    }

    /// The marks, in the order in which they were given.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The tokenizer, where there is one: without it only token ids can be read.
    #[must_use]
    pub fn tokenizer(&self) -> Option<&Arc<Tokenizer>> {
        self.tokenizer.as_ref()
    }

    /// T1 of each mark on all inputs together, and how they were read; `each` sees every record.
    ///
    /// # Errors
    /// When an input cannot be read, and what `each` says.
    pub fn look(
        &self,
        dedup: Dedup,
        inputs: &Inputs,
        progress: &mut dyn FnMut(Step<'_>),
        each: &mut dyn FnMut(&TokenRecord) -> Result<()>,
    ) -> Result<(Read, Vec<Finding>)> {
        let mut detection = Detection::new(&self.marks, dedup.into());
        let read = read::read_with(
            inputs,
            &self.reads,
            self.tokenizer.as_deref(),
            progress,
            each,
            |block| Ok(detection.observe(&block)?),
        )?;
        Ok((read, detection.finish()?))
    }
}

/// Text is read once, so that all profiles must be for one tokenizer. Gives the first.
///
/// # Errors
/// When they are not, or there is none.
pub fn one_tokenizer<'a>(profiles: impl IntoIterator<Item = &'a Profile>) -> Result<&'a Profile> {
    let mut profiles = profiles.into_iter();
    let Some(first) = profiles.next() else {
        return Err(Error::usage("nothing to try: no --profile and no --scheme")
            .hint("give profile files, or `--scheme all` with --tokenizer FILE"));
    };
    let digest = &first.tokenizer.sha256;
    if let Some(other) = profiles.find(|profile| profile.tokenizer.sha256 != *digest) {
        return Err(Error::usage(format_args!(
            "profiles {:?} and {:?} are for different tokenizers",
            first.name, other.name
        ))
        .hint("scan once for each tokenizer, and count all scans when you judge the p-values; an early profile names a file where later ones name what is in it, so make it anew with `profile new --tokenizer FILE`"));
    }
    Ok(first)
}
