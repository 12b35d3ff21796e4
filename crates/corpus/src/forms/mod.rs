//! Text in other forms: what was shown may be told again unescaped, unfolded, in another case or normal form.
//!
//! ```text
//! text → undone escapes → without tags and line numbers, where there are any → letters and digits
//! ```
//!
//! A program between the log and the model, or the model itself, writes a passage as JSON, with quotation marks or in one
//! line; its tokens are then others, and only its letters and digits are the same. So windows are also compared by these.

mod alike;
mod dumps;
mod encoded;
mod escapes;
mod fold;
mod in_order;
mod letters;
mod line_numbers;
mod shown;
mod tags;
mod text;
mod wrappers;

pub(crate) use letters::{Letters, Undone, letters};
pub(crate) use shown::Shown;
