//! The allocator of every target: one that says no beyond a limit, so that an input which asks for too much is a crash and no slow death.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static BOUNDED: Bounded = Bounded;

/// Bytes that may be held at a time; inputs have 64 KiB at most.
const MOST: usize = 1 << 30;

static HELD: AtomicUsize = AtomicUsize::new(0);

struct Bounded;

// SAFETY: every call is the system allocator's own, or gives no memory.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller keeps to this function's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: as the caller keeps to this function's contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller keeps to this function's contract.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !take(size) {
            return std::ptr::null_mut();
        }
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller keeps to this function's contract.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Counts the bytes; no where there are too many.
fn take(bytes: usize) -> bool {
    let before = HELD.fetch_add(bytes, Ordering::Relaxed);
    let fits = before.checked_add(bytes).is_some_and(|held| held <= MOST);
    if !fits {
        HELD.fetch_sub(bytes, Ordering::Relaxed);
    }
    fits
}
