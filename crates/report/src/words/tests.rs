//! What each test is called, and what it asks.

use hallmark_detector::finding::Test;

/// Its name for people.
pub(crate) const fn name(test: Test) -> &'static str {
    match test {
        Test::T1 => "sum of scores",
        Test::T2 => "weighted sum",
        Test::T2r => "residual sum",
        Test::T3 => "e-process",
        Test::T3r => "own log",
        Test::T5 => "line-up",
        Test::T6 => "contrast",
        Test::T8 => "shape",
        Test::T9 => "log-probabilities",
    }
}

/// What it asks, in a sentence.
pub(crate) const fn asks(test: Test) -> &'static str {
    match test {
        Test::T1 => {
            "Is the sum of scores under this key larger than a random key would give? Each distinct cell counts once."
        }
        Test::T2 => {
            "The same, with each cell weighted by how much of what followed its window came from the harvested text."
        }
        Test::T2r => {
            "The same, with each cell weighted by how much more often the suspect wrote it than was to be expected without the mark; p counts the forms that were tried."
        }
        Test::T3 => {
            "Bets on each next cell that the key matters; E is what a stake of 1 became. Its largest value may be looked at at any time, in an order that was fixed without the key."
        }
        Test::T3r => {
            "Bets in the order in which the key's own log first visited each window; E at the log's end counts."
        }
        Test::T5 => {
            "Where does this key stand among decoys, keys that were drawn the same way and never used? It needs no formula for chance."
        }
        Test::T6 => {
            "Do the answers depend more on this key than on a control key? It names nobody by itself."
        }
        Test::T8 => "Are there too many cells with very large scores?",
        Test::T9 => "Does the suspect's own probability lean towards what the key favours?",
    }
}
