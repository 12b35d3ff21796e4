//! Ghost twins: for some requests a second answer is drawn and never sent; a committed coin says which of both is.
//!
//! ```text
//! before:  root key → seed, committed to → log
//! serving: request id → drawn? which twin is sent?
//! after:   twins → table of digests, committed to → log → suspect's scores of both twins → test
//! ```
//!
//! Whoever did not learn from what was sent cannot tell the sent twin from the other, so that the sign of each difference is a fair coin
//! ([`hallmark_detector::statistic::twins`]). Everything that such a test needs and that files can show is checked here; the rest is said.

mod commit;
mod conditions;
mod draw;
mod format;
mod given;
mod lines;
mod opened;
mod opening;
mod scores;
mod similarity;
mod table;
mod tested;

pub use commit::{commit_seed, commit_table, drawn};
pub use conditions::{CheckedBy, Condition, ConditionOf};
pub use draw::{Draw, ShareError, Side};
pub use format::{Committed, CommittedTable, Drawn, DrawnRequest, Pair};
pub use opened::Opened;
pub use opening::TwinsOpening;
pub use scores::{Feature, Scores};
pub use tested::{AccountFinding, Asked, Conclusion, TestName, Tested, TestedTwins, test};
