//! The threads that share a step's rows.

use crate::guard::Fault;
use crate::status::Status;
use hallmark_detector::threads;
use rayon::ThreadPool;
use std::sync::Arc;

/// Says how many threads share a step's rows and a detection, from the next call on; 0 is one for each processor that the process may use,
/// which is what it is where nobody asks. 1 makes the calling thread do all of a step.
#[unsafe(no_mangle)]
pub extern "C" fn hallmark_threads(count: usize) {
    threads::set(count);
}

/// The pool; nothing where one thread was asked for, or where another thread makes it just now.
pub(crate) fn pool() -> Result<Option<Arc<ThreadPool>>, Fault> {
    threads::pool().map_err(|error| Fault::new(Status::HallmarkNoThreads, &error))
}
