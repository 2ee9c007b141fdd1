//! What is asked of people: under which sequences of calls, answers, jumps of the clock and edits a call passes, what one call is
//! recognised by, and how all of it is stored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod history;
mod recognised;
mod stored;
