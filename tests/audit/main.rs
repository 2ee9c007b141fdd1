//! The chain of the audit, and what is found of an export that somebody has touched.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod attacks;
mod chain;
mod export;
mod marks;
mod numbers;
mod sample;
