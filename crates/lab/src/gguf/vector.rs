//! Loops compiled for the widest vector unit of the machine at hand.

use pulp::{Arch, NullaryFnOnce};

/// Runs `body` compiled for the widest vector unit of the machine at hand. What it calls must be inlined, and the
/// closure itself marked `#[inline(always)]`, or it is compiled for the oldest processor.
pub(super) fn vectorised(body: impl FnMut()) {
    Arch::new().dispatch(Body(body));
}

/// Without this, the closure would be called through a shim that is not inlined.
struct Body<F>(F);

impl<F: FnMut()> NullaryFnOnce for Body<F> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        (self.0)();
    }
}
