//! What the process does so that keys and texts stay in it.

use hallmark::{Error, Result};
use std::panic;

/// Makes no core dumps, refuses debuggers of other processes of the user (on Linux), and keeps panics' words to itself.
///
/// To be called before keys are read. Memory is not locked: what the system swaps out is on its disk, so swap has to be
/// off or encrypted.
///
/// # Errors
/// When the system refuses.
pub fn harden() -> Result<()> {
    // The words of a panic may quote the text that was being read.
    panic::set_hook(Box::new(|info| match info.location() {
        Some(place) => eprintln!("error: a panic at {}:{}", place.file(), place.line()),
        None => eprintln!("error: a panic"),
    }));
    no_dumps()
}

#[cfg(unix)]
fn no_dumps() -> Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let refused = |error: rustix::io::Errno| {
        Error::usage(format_args!("core dumps cannot be turned off: {error}"))
            .hint("a core dump would hold the keys: allow the program to lower its own limits")
    };
    setrlimit(Resource::Core, none).map_err(refused)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(refused)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn no_dumps() -> Result<()> {
    Err(
        Error::usage("this system has no limits for core dumps, which would hold the keys")
            .hint("run the detector on Linux or another Unix"),
    )
}
