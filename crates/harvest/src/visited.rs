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
            first: HashMap::new(),
            read: 0,
        }
    }

    /// Reads the next answer of the log, as it was sampled.
    pub fn push(&mut self, answer: &[TokenId]) {
        windows::each_and_last(answer, self.window, |window| {
            self.read += 1;
            self.first.entry(window).or_insert(self.read);
        });
    }
}

impl FirstVisits for Visited {
    fn window(&self) -> usize {
        self.window
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
