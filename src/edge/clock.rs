//! The only place that knows what time it is.

use worker::Date;

use crate::ledger::Millis;

/// The platform's time. It stands still between two waits for input or output.
pub(super) fn now() -> Millis {
    Millis(Date::now().as_millis())
}
