//! The only place that knows what time it is.

use worker::js_sys::Date;

use crate::ledger::Millis;

/// The platform's time. It stands still between two waits for input or output.
pub(super) fn now() -> Millis {
    // Whole milliseconds, and far below 2^53.
    Millis(Date::now() as u64)
}
