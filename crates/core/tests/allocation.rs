//! After warm-up a step allocates nothing.

use hallmark_core::keys::CohortKey;
use hallmark_core::mark::Mark;
use hallmark_core::marker::Marker;
use hallmark_core::profile::{Profile, TokenizerRef};
use hallmark_core::schemes::Scheme;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[expect(
    unsafe_code,
    reason = "a counting allocator can only be written with the unsafe trait"
)]
// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's contract is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn request(marker: &mut Marker, candidates: &[u32], rows: &mut [Vec<f32>], tokens: u32) {
    let mut logits = [0.0; 64];
    for step in 0..tokens {
        logits.fill(0.0);
        let choice = marker
            .choose(candidates, &mut logits, 0.3)
            .expect("finite logits");
        let row = &mut rows[step as usize % 2];
        row.fill(0.0);
        marker.choose_row(row, 0.7).expect("a finite row");
        marker.accept(choice.index as u32).expect("a small id");
        marker.accept(step).expect("a small id");
        marker.rollback(1).expect("two tokens were accepted");
    }
}

#[test]
fn a_step_allocates_nothing_after_warm_up() {
    for scheme in [
        Scheme::GUMBEL,
        Scheme::DUAL_GUMBEL,
        Scheme::green(0.5, 1.0),
        Scheme::tournament(30),
    ] {
        let tokenizer = TokenizerRef {
            vocab_size: 5000,
            sha256: None,
        };
        let profile = Profile {
            name: "t".to_owned(),
            scheme,
            window: 2,
            ring: 1,
            tokenizer,
        };
        let mark =
            Mark::new(&profile, &CohortKey::from_bytes([1; 32]).into()).expect("a native key");
        let mut marker = mark.marker_with_capacity(&[], 600).expect("a made mark");
        let mut rows = vec![vec![0.0; 5000]; 2];
        let candidates: Vec<u32> = (0..64).collect();
        request(&mut marker, &candidates, &mut rows, 8);
        marker.reset();
        ALLOCATIONS.with(|count| count.set(0));
        request(&mut marker, &candidates, &mut rows, 500);
        let allocations = ALLOCATIONS.with(Cell::get);
        assert_eq!(allocations, 0, "{} in 500 steps", scheme.id());
    }
}
