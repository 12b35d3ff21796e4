//! What a call came to.

/// What a call came to. Later versions may have more of them.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The work was done.
    HallmarkOk = 0,
    /// A pointer is null where it must not be, a text is no UTF-8, or an init struct is too small.
    HallmarkBadArgument = 1,
    /// The profile cannot be read.
    HallmarkBadProfile = 2,
    /// The key cannot be read, or does not fit the profile.
    HallmarkBadKey = 3,
    /// The mark is only read here, or the sub-key is none of its ring.
    HallmarkCannotMark = 4,
    /// The engine's row of logits cannot be used, or a token is too large. The request is as it was before the call.
    HallmarkBadRow = 5,
    /// More tokens than the statistics take.
    HallmarkTooMany = 6,
    /// No thread could be started.
    HallmarkNoThreads = 7,
    /// A fault of the library's own, caught. Free the handle; other handles are sound.
    HallmarkPanic = 99,
}
