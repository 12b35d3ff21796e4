//! First visits in memory, for tests and small studies.

use hallmark_core::cells::TokenId;
use hallmark_core::keys::PublicId;
use hallmark_core::visits::{FirstVisits, code};
use hallmark_core::windows::{self, WindowHash};
use hashbrown::HashMap;

/// The first visits of one key's log, in a hash map.
#[derive(Clone, Debug)]
pub struct Visited {
    window: usize,
    marked_by: PublicId,
    sub_keys: u32,
    first: HashMap<WindowHash, u64>,
    read: u64,
}

impl Visited {
    /// No windows yet, of `window` tokens.
    ///
    /// # Panics
    /// When `window` is 0.
    #[must_use]
    pub fn new(window: usize, marked_by: PublicId) -> Self {
        assert!(window > 0, "a window has at least one token");
        Self {
            window,
            marked_by,
            sub_keys: 1,
            first: HashMap::new(),
            read: 0,
        }
    }

    /// The same of a log whose answers a ring of so many sub-keys marked.
    #[must_use]
    pub fn of_ring(mut self, sub_keys: u32) -> Self {
        self.sub_keys = sub_keys;
        self
    }

    /// Reads the next answer of the log, as it was sampled.
    pub fn push(&mut self, answer: &[TokenId]) {
        self.push_under(answer, 0);
    }

    /// The same of an answer that the sub-key of this number marked.
    ///
    /// # Panics
    /// When there is no such sub-key.
    pub fn push_under(&mut self, answer: &[TokenId], sub_key: u32) {
        assert!(sub_key < self.sub_keys, "a sub-key of the ring");
        windows::each_and_last(answer, self.window, |window| {
            let input = match self.sub_keys {
                1 => window,
                _ => window.under(sub_key),
            };
            self.read += 1;
            self.first.entry(input).or_insert(self.read);
        });
    }
}

impl FirstVisits for Visited {
    fn window(&self) -> usize {
        self.window
    }

    fn sub_keys(&self) -> u32 {
        self.sub_keys
    }

    fn read(&self) -> u64 {
        self.read
    }

    fn marked_by(&self) -> Option<PublicId> {
        Some(self.marked_by)
    }

    fn is_as_sampled(&self) -> bool {
        true
    }

    fn codes(&self, windows: &[WindowHash], codes: &mut [Option<u8>]) {
        assert_eq!(windows.len(), codes.len(), "one code for each window");
        for (to, window) in codes.iter_mut().zip(windows) {
            *to = self.first.get(window).map(|&time| code(time));
        }
    }
}
