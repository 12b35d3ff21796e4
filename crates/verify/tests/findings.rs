//! Real findings hold, number by number.

mod support;

use hallmark_verify::Verdict;
use hallmark_verify::arithmetic::check;
use support::cases;

#[test]
fn what_the_program_printed_holds() {
    let mut numbers = 0;
    for case in cases() {
        for check in check(&case.examined, &case.cells) {
            if check.verdict != Verdict::Holds {
                println!("{} {check:?}", case.name);
            }
            numbers += 1;
        }
    }
    assert!(numbers > 1000, "{numbers}");
}
