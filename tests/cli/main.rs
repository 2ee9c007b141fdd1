//! The command line, run as a process: what it prints, where, and how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod approvals;
mod audit;
mod check;
mod explain;
mod general;
mod import;
mod operators;
mod origin;
mod process;
mod scan;
mod test;
