//! The threads that embedders' calls share: one pool a process, which survives a fork.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The pool of this process: a child that was forked has none of its parent's threads, and makes its own.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// How many threads were asked for; 0 where nobody asked.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Says how many threads there are from the next call on; 0 is one for each processor that the process may use, which is what it is where
/// nobody asks. With 1 there is no pool, and the calling thread does all.
pub fn set(count: usize) {
    ASKED.store(count, Ordering::Relaxed);
    if let Ok(mut pool) = POOL.lock() {
        *pool = None;
    }
}

/// The pool; nothing where one thread was asked for, or where another thread makes it just now.
///
/// # Errors
/// When no threads can be had.
pub fn pool() -> Result<Option<Arc<ThreadPool>>, ThreadPoolBuildError> {
    let asked = ASKED.load(Ordering::Relaxed);
    // A lock that a fork left behind is never free again: the child then goes without threads.
    let Ok(mut pool) = POOL.try_lock() else {
        return Ok(None);
    };
    if asked == 1 {
        return Ok(None);
    }
    let own = std::process::id();
    if let Some((process, pool)) = &*pool
        && *process == own
    {
        return Ok(Some(Arc::clone(pool)));
    }
    let made = ThreadPoolBuilder::new()
        .num_threads(asked.min(MOST))
        .thread_name(|number| format!("hallmark-{number}"))
        .build()?;
    let made = Arc::new(made);
    if let Some((_, parents)) = pool.replace((own, Arc::clone(&made))) {
        // Its threads are not here: it cannot be ended.
        std::mem::forget(parents);
    }
    Ok(Some(made))
}

/// More threads than this are no use.
const MOST: usize = 1024;
