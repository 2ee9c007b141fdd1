//! What changes its meaning, as it is gathered.

use crate::wire::json::{Invalid, Pointer};

/// Warnings. One that holds for the whole file is said once.
#[derive(Default)]
pub(super) struct Warnings(Vec<Invalid>);

impl Warnings {
    pub(super) fn gathered(self) -> Vec<Invalid> {
        self.0
    }

    pub(super) fn add(&mut self, pointer: &Pointer, message: impl Into<String>) {
        self.0.push(Invalid { pointer: pointer.clone(), message: message.into() });
    }

    pub(super) fn once(&mut self, message: &str) {
        if !self.0.iter().any(|warning| warning.message == message) {
            self.add(&Pointer::default(), message);
        }
    }
}
