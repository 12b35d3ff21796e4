//! The C interface's step of many rows beside as many single rows, in one run on the same logits:
//! `cargo run --release -p hallmark-ffi --example c_rows [ROWS] [VOCABULARY] [REPEATS]`.
//!
//! Prints the least time of a step of all rows over (rows × the least time of a single row / threads): 1 is a step that loses nothing to
//! handing out rows.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use hallmark_c::{
    Choice, Mark, MarkInit, Request, RequestInit, Row, Status, hallmark_mark_free,
    hallmark_mark_new, hallmark_request_choose_row, hallmark_request_free, hallmark_request_new,
    hallmark_step_rows,
};
use hallmark_core::keys::{CohortKey, KeyFile};
use std::ptr;
use std::time::{Duration, Instant};

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |or: usize| args.next().map_or(or, |text| text.parse().unwrap());
    let (count, vocabulary, repeats) = (number(32), number(1 << 17), number(15));
    let profile = format!(
        "hallmark = 1\nname = \"bench\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n[tokenizer]\nvocab_size = {vocabulary}\n"
    );
    let key = KeyFile::Cohort(CohortKey::from_bytes([7; 32])).to_text(&[]);
    let mark = mark(&profile, &key);
    let requests: Vec<*mut Request> = (0..count).map(|row| request(mark, row as u32)).collect();
    let logits: Vec<f32> = (0..vocabulary)
        .map(|token| ((token * 2_654_435_761) % 1000) as f32 / 125.0)
        .collect();
    let mut buffers = vec![logits.clone(); count];

    let (mut single, mut step) = (Duration::MAX, Duration::MAX);
    for _ in 0..repeats {
        for (request, buffer) in requests.iter().zip(&mut buffers) {
            buffer.copy_from_slice(&logits);
            let mut choice = Choice::default();
            let since = Instant::now();
            // SAFETY: the request and its buffer are this loop's alone.
            let status = unsafe {
                hallmark_request_choose_row(
                    *request,
                    buffer.as_mut_ptr(),
                    vocabulary,
                    0.5,
                    &raw mut choice,
                )
            };
            single = single.min(since.elapsed());
            assert_eq!(status, Status::HallmarkOk);
            assert_eq!(choice.marked, 1);
        }
        let mut rows: Vec<Row> = requests
            .iter()
            .zip(&mut buffers)
            .map(|(&request, buffer)| {
                buffer.copy_from_slice(&logits);
                Row {
                    request,
                    candidates: ptr::null(),
                    logits: buffer.as_mut_ptr().cast(),
                    length: vocabulary,
                    format: 0,
                    uniform: 0.5,
                    choice: Choice::default(),
                    status: 0,
                }
            })
            .collect();
        let since = Instant::now();
        // SAFETY: each row has a request and a buffer of its own.
        let failed = unsafe { hallmark_step_rows(rows.as_mut_ptr(), rows.len(), 0) };
        step = step.min(since.elapsed());
        assert_eq!(failed, 0);
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let floor = single.as_secs_f64() * count as f64 / threads as f64;
    println!(
        "{count} rows of {vocabulary}: one row {:.3} ms, a step {:.3} ms on {threads} threads, {:.2} of rows × one row / threads",
        single.as_secs_f64() * 1e3,
        step.as_secs_f64() * 1e3,
        step.as_secs_f64() / floor
    );
    for request in requests {
        // SAFETY: made above, and used no more.
        unsafe { hallmark_request_free(request) };
    }
    // SAFETY: as above.
    unsafe { hallmark_mark_free(mark) };
}

fn mark(profile: &str, key: &str) -> *mut Mark {
    let mut mark = ptr::null_mut();
    let init = MarkInit {
        struct_size: size_of::<MarkInit>(),
        profile: profile.as_ptr().cast(),
        profile_length: profile.len(),
        key: key.as_ptr().cast(),
        key_length: key.len(),
    };
    // SAFETY: both texts live through the call, and there is room for a pointer.
    let status = unsafe { hallmark_mark_new(&raw const init, &raw mut mark, ptr::null_mut(), 0) };
    assert_eq!(status, Status::HallmarkOk);
    mark
}

/// A request whose next position is marked.
fn request(mark: *const Mark, row: u32) -> *mut Request {
    let prompt = [row, row + 1];
    let mut request = ptr::null_mut();
    let init = RequestInit {
        struct_size: size_of::<RequestInit>(),
        prompt: prompt.as_ptr(),
        prompt_length: prompt.len(),
        sub_keys: 0,
        sub_key: 0,
        greedy: 0,
        reserved: 0,
        capacity: 16,
    };
    let tokens = [i64::from(row), i64::from(row) + 1];
    // SAFETY: prompt and tokens live through the calls, and the request is this function's alone.
    unsafe {
        let status =
            hallmark_request_new(mark, &raw const init, &raw mut request, ptr::null_mut(), 0);
        assert_eq!(status, Status::HallmarkOk);
        let status =
            hallmark_c::hallmark_request_accept_all(request, tokens.as_ptr(), tokens.len());
        assert_eq!(status, Status::HallmarkOk);
    }
    request
}
