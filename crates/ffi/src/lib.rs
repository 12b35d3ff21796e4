//! Hallmark's C interface: the marker of a serving engine, one request or one step of many at a time, and whether tokens are marked.
//!
//! Three rules hold for every function. Handles are opaque and freed by the function that is named after them. Every init struct begins with its
//! own size, so that later versions can add fields at its end. No call unwinds into C: a panic is caught and becomes
//! [`Status::HallmarkPanic`] (its words go to stderr, by Rust's default hook). What is wrong is said in words, on the handle or in a buffer of the caller's.
//!
//! The header is `include/hallmark.h`; a test holds it against this source.
//!
//! ```c
//! hallmark_mark *mark = NULL;
//! hallmark_mark_init init;
//! memset(&init, 0, sizeof init);
//! init.struct_size = sizeof init;
//! init.profile = profile, init.profile_length = strlen(profile), init.key = key, init.key_length = strlen(key);
//! char error[256];
//! if (hallmark_mark_new(&init, &mark, error, sizeof error) != HALLMARK_OK) { … }
//! hallmark_request *request = NULL;
//! hallmark_request_init asked;
//! memset(&asked, 0, sizeof asked);
//! asked.struct_size = sizeof asked;
//! hallmark_request_new(mark, &asked, &request, error, sizeof error);
//! // For each token, after temperature, penalties, grammar and truncation:
//! hallmark_choice choice;
//! hallmark_request_choose_row(request, logits, vocabulary, uniform, &choice);
//! hallmark_request_accept(request, choice.token);
//! ```

mod detect;
mod guard;
mod mark;
mod request;
mod status;
mod step;
mod threads;

pub use detect::{Found, hallmark_detect};
pub use mark::{
    Mark, MarkInit, hallmark_mark_free, hallmark_mark_key_id, hallmark_mark_new,
    hallmark_mark_sub_keys, hallmark_mark_vocabulary,
};
pub use request::{
    Choice, Request, RequestInit, hallmark_request_accept, hallmark_request_accept_all,
    hallmark_request_bias_row, hallmark_request_choose, hallmark_request_choose_row,
    hallmark_request_clone, hallmark_request_error, hallmark_request_free,
    hallmark_request_is_open, hallmark_request_new, hallmark_request_reset,
    hallmark_request_rollback,
};
pub use status::Status;
pub use step::{Format, Row, hallmark_step_bias, hallmark_step_rows};
pub use threads::hallmark_threads;

/// The version of this interface: it rises when something that a caller was compiled against changes, such as the other structs, which have no
/// size of their own. Fields at the end of init structs, new functions and new statuses do not raise it.
pub const ABI_VERSION: u32 = 2;

/// The version of the interface that the library was built with: [`ABI_VERSION`] of its header.
#[unsafe(no_mangle)]
pub extern "C" fn hallmark_abi_version() -> u32 {
    ABI_VERSION
}
