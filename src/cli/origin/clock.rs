//! The clock of the command line, which is needed for one thing: not to wait for an origin for ever.

use std::time::{Duration, Instant};

/// An instant after which nothing is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "no ruling depends on it: it ends the waiting for an answer")]
    pub(super) fn within(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// How long there is still; a moment where there is nothing left, since no time at all would mean no limit.
    #[expect(clippy::disallowed_methods, reason = "no ruling depends on it: it ends the waiting for an answer")]
    pub(super) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
    }
}
