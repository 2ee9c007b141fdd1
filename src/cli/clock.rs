//! The clock of the command line, which is needed for two things: not to wait for an answer for ever, and to say how long ago
//! something was.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::ledger::Millis;

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

/// Now, as this machine knows it.
#[expect(clippy::disallowed_methods, reason = "no ruling depends on it: it is shown how long something waits")]
pub(super) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// How many milliseconds, in words.
pub(super) fn in_words(millis: u64) -> String {
    let minutes = millis / 60_000;
    let (count, unit) = match minutes {
        0 => return "less than a minute".to_owned(),
        1..120 => (minutes, "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
