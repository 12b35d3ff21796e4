//! Whether a table's last quotation mark was closed.

/// Where a table's bytes are: by the rules of the reader, a quotation mark opens a cell only where the cell begins.
pub(super) struct Quotes {
    delimiter: u8,
    place: Place,
    line: u64,
    /// The line of the mark that opened the last quoted cell.
    opened: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a mark within a quoted cell: its end, or the first of two.
    Mark,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            place: Place::Start,
            line: 1,
            opened: 1,
        }
    }

    pub(super) fn see(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.line += u64::from(byte == b'\n');
            let ends = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            self.place = match (self.place, byte) {
                (Place::Start, b'"') => {
                    self.opened = self.line;
                    Place::Quoted
                }
                (Place::Quoted, b'"') => Place::Mark,
                (Place::Quoted, _) | (Place::Mark, b'"') => Place::Quoted,
                _ if ends => Place::Start,
                _ => Place::Plain,
            };
        }
    }

    /// The line of the mark that is still open.
    pub(super) fn open(&self) -> Option<u64> {
        (self.place == Place::Quoted).then_some(self.opened)
    }
}

#[cfg(test)]
mod tests {
    use super::Quotes;

    #[test]
    fn only_a_mark_at_the_start_of_a_cell_opens_it() {
        for (table, open) in [
            ("a,b\n1,\"x\n2,y\n", Some(2)),
            ("a,b\n1,\"x\"\n", None),
            ("a,b\n5\" pipe,y\n", None),
            ("a,b\n1,\"say \"\"no\"\"\"\n", None),
            ("a,b\n1,\"say \"\"no\"\n\n\"", Some(4)),
            ("a\n\"x\"y\"z\n", None),
        ] {
            let mut quotes = Quotes::new(b',');
            quotes.see(table.as_bytes());
            assert_eq!(quotes.open(), open, "{table:?}");
        }
    }
}
