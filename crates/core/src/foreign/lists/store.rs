//! Lists kept from call to call, shared by threads. Nothing is kept without `std`, which has the
//! lock.

use alloc::sync::Arc;

use super::green_list::GreenList;
use crate::foreign::torch::Permutation;

#[cfg(feature = "std")]
pub(super) use with_std::Store;
#[cfg(not(feature = "std"))]
pub(super) use without_std::Store;

/// What is known of a seed.
pub(super) enum Known {
    /// Its list.
    #[cfg_attr(
        not(feature = "std"),
        expect(dead_code, reason = "nothing is kept without `std`")
    )]
    List(Arc<GreenList>),
    /// How many of its tokens were asked for without a list, these included.
    Asked(usize),
}

#[cfg(feature = "std")]
mod with_std {
    use alloc::vec::Vec;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use hashbrown::HashMap;

    use super::{Arc, GreenList, Known, Permutation};

    /// Seeds without a list that are remembered at a time.
    const SEEDS: usize = 1 << 18;

    /// Two generations of at most half of the lists each: when the young one is full, the old one
    /// is dropped; a list that is found becomes young.
    pub(in super::super) struct Store {
        vocab_size: u32,
        each: usize,
        inner: Mutex<Inner>,
    }

    #[derive(Default)]
    struct Inner {
        young: HashMap<u32, Arc<GreenList>>,
        old: HashMap<u32, Arc<GreenList>>,
        /// Tokens asked for under seeds without a list.
        asked: HashMap<u32, usize>,
        scratch: Vec<Permutation>,
    }

    impl Store {
        pub(in super::super) fn new(vocab_size: u32, kept: usize) -> Self {
            Self {
                vocab_size,
                each: kept.div_ceil(2),
                inner: Mutex::default(),
            }
        }

        fn keeps(&self) -> bool {
            self.each > 0
        }

        pub(in super::super) fn find(&self, seed: u32) -> Option<Arc<GreenList>> {
            if !self.keeps() {
                return None;
            }
            self.lock().find(seed, self.each)
        }

        /// What is known of a seed, as `tokens` of its tokens are asked for.
        pub(in super::super) fn ask(&self, seed: u32, tokens: usize) -> Known {
            if !self.keeps() {
                return Known::Asked(tokens);
            }
            let mut inner = self.lock();
            if let Some(list) = inner.find(seed, self.each) {
                return Known::List(list);
            }
            if inner.asked.len() >= SEEDS {
                inner.asked.clear();
            }
            let asked = inner.asked.entry(seed).or_default();
            *asked = asked.saturating_add(tokens);
            Known::Asked(*asked)
        }

        /// Where a list can be drawn; taken out, so that threads draw at the same time.
        pub(in super::super) fn scratch(&self) -> Permutation {
            let left = self.lock().scratch.pop();
            left.unwrap_or_else(|| Permutation::new(self.vocab_size))
        }

        pub(in super::super) fn keep(
            &self,
            seed: u32,
            list: &Arc<GreenList>,
            scratch: Permutation,
        ) {
            let mut inner = self.lock();
            inner.scratch.push(scratch);
            if self.keeps() {
                inner.insert(seed, list.clone(), self.each);
            }
        }

        /// Lists are whole whenever the lock is free, so a panic elsewhere spoils nothing.
        fn lock(&self) -> MutexGuard<'_, Inner> {
            self.inner.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Inner {
        fn find(&mut self, seed: u32, each: usize) -> Option<Arc<GreenList>> {
            if let Some(list) = self.young.get(&seed) {
                return Some(list.clone());
            }
            let list = self.old.remove(&seed)?;
            self.insert(seed, list.clone(), each);
            Some(list)
        }

        fn insert(&mut self, seed: u32, list: Arc<GreenList>, each: usize) {
            if self.young.len() >= each {
                self.old = core::mem::take(&mut self.young);
            }
            self.asked.remove(&seed);
            self.young.insert(seed, list);
        }
    }
}

#[cfg(not(feature = "std"))]
mod without_std {
    use super::{Arc, GreenList, Known, Permutation};

    pub(in super::super) struct Store {
        vocab_size: u32,
    }

    impl Store {
        pub(in super::super) fn new(vocab_size: u32, _kept: usize) -> Self {
            Self { vocab_size }
        }

        pub(in super::super) fn ask(&self, _seed: u32, tokens: usize) -> Known {
            Known::Asked(tokens)
        }

        pub(in super::super) fn find(&self, _seed: u32) -> Option<Arc<GreenList>> {
            None
        }

        pub(in super::super) fn scratch(&self) -> Permutation {
            Permutation::new(self.vocab_size)
        }

        pub(in super::super) fn keep(&self, _: u32, _: &Arc<GreenList>, _: Permutation) {}
    }
}
