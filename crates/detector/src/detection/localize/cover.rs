//! The windows that are tried: fixed by the number of cells alone.

/// Windows over `n` cells: lengths 32, 64, 128, … below n at every multiple of half their length and at the very end, and
/// all n cells. Any stretch of at least 32 cells lies half or more in a window that it fills to a third or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    cells: usize,
}

/// Cells in the shortest window.
pub const SHORTEST: usize = 32;

impl Cover {
    /// The cover of so many cells.
    #[must_use]
    pub const fn new(cells: usize) -> Self {
        Self { cells }
    }

    /// Windows in all: about an eighth of the cells.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.lengths()
            .map(|length| self.starts(length).len() as u64)
            .sum()
    }

    /// Whether there is nothing to cover.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// The lengths of windows, in cells, ascending.
    pub fn lengths(&self) -> impl Iterator<Item = usize> + use<> {
        let cells = self.cells;
        std::iter::successors(Some(SHORTEST), |length| length.checked_mul(2))
            .take_while(move |&length| length < cells)
            .chain((cells > 0).then_some(cells))
    }

    /// Where windows of a length start.
    #[must_use]
    pub fn starts(&self, length: usize) -> Starts {
        let last = self.cells - length;
        Starts {
            next: 0,
            step: (length / 2).max(1),
            last,
            done: false,
        }
    }
}

/// Starts of windows of one length.
#[derive(Clone, Debug)]
pub struct Starts {
    next: usize,
    step: usize,
    last: usize,
    done: bool,
}

impl Iterator for Starts {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.done {
            return None;
        }
        let start = self.next.min(self.last);
        self.done = start == self.last;
        self.next = start + self.step;
        Some(start)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.done {
            0
        } else {
            1 + self.last.saturating_sub(self.next).div_ceil(self.step)
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Starts {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn windows_are_counted_exactly_and_none_stands_twice() {
        for cells in [0, 1, 31, 32, 33, 48, 63, 64, 65, 100, 1000, 4096, 4097] {
            let cover = Cover::new(cells);
            let windows: Vec<(usize, usize)> = cover
                .lengths()
                .flat_map(|length| cover.starts(length).map(move |start| (start, length)))
                .collect();
            assert_eq!(windows.len() as u64, cover.len(), "{cells}");
            let distinct: HashSet<_> = windows.iter().collect();
            assert_eq!(distinct.len(), windows.len(), "{cells}");
            assert!(
                windows
                    .iter()
                    .all(|(start, length)| start + length <= cells)
            );
            assert!(cells == 0 || windows.contains(&(0, cells)));
            assert!(
                cover.len() <= cells as u64 / 8 + 20,
                "{cells}: {}",
                cover.len()
            );
        }
    }

    /// The claim of the cover: by trying every stretch.
    #[test]
    fn every_stretch_has_a_window_that_holds_half_of_it_and_that_it_fills_to_a_third() {
        let cells = 300;
        let cover = Cover::new(cells);
        for from in 0..cells {
            for to in from + SHORTEST..=cells {
                let good = cover.lengths().any(|length| {
                    cover.starts(length).any(|start| {
                        let common = (start + length).min(to).saturating_sub(start.max(from));
                        common * 2 >= to - from && common * 3 >= length
                    })
                });
                assert!(good, "{from}..{to}");
            }
        }
    }
}
