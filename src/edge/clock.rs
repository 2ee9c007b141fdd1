//! The only place that knows what time it is.

use worker::js_sys::Date;

use crate::ledger::Millis;

/// The platform's time. It stands still between two waits for input or output.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds since the epoch, far below 2^53"
)]
pub(super) fn now() -> Millis {
    Millis(Date::now() as u64)
}
