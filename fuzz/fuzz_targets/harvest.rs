//! An index of harvested text: opened, its digest compared, looked up.
#![no_main]
use hallmark_core::windows::{WindowCounts, WindowHash};
use hallmark_harvest::{Index, Visits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let file = hallmark_fuzz::file(bytes, "harvest");
    let index = match Index::open(&file) {
        Ok(index) => index,
        Err(error) => return drop(error.to_string()),
    };
    let _ = index.verify();
    let windows = [0, 1, u64::MAX, 0x0123_4567_89ab_cdef].map(WindowHash);
    let mut counts = [0; 4];
    index.counts(&windows, &mut counts);
    let _ = hallmark::indexes::show(&file).map_err(|error| error.to_string());
    let _ = Visits::of(index);
});
