//! Schemas of arguments: against the official test suite, against another validator, and in what they say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod differential;
mod judgement;
mod refusals;
mod suite;

use tollgate::policy::{Schema, Violation};
use tollgate::wire::json::{self, Pointer};

/// The schema, or what is wrong with it, each as `POINTER: MESSAGE`.
fn read(text: &str) -> Result<Schema, Vec<String>> {
    let node = json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut errors = Vec::new();
    let schema = Schema::read(&node, &Pointer::default(), &mut errors);
    assert_eq!(schema.is_none(), !errors.is_empty(), "a schema is read or it is wrong: {errors:?}");
    schema.ok_or_else(|| errors.iter().map(|error| format!("{}: {}", error.pointer, error.message)).collect())
}

/// What is wrong with a value, both as text.
fn violation(schema: &Schema, value: &str) -> Option<Violation> {
    let node = json::parse(value.as_bytes()).unwrap_or_else(|error| panic!("{error}: {value}"));
    let found = schema.violation(&node);
    if let Some(object) = node.as_object() {
        assert_eq!(schema.violation_of_object(object), found, "an object is judged alike without its text");
    }
    if let Some(Violation { message, .. }) = &found {
        assert!(message.chars().count() <= 200, "{message}");
    }
    found
}
