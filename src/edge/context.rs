//! What goes on after the answer has gone.

use std::future::Future;

use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::Promise;
use worker::worker_sys;

use super::task;

/// The platform's side of one request, which it keeps alive for what is still to be done.
pub(super) struct Context {
    platform: worker_sys::Context,
}

impl Context {
    pub(super) fn new(platform: worker_sys::Context) -> Self {
        Self { platform }
    }

    /// Does `work`, after the answer if it waits for anything.
    pub(super) fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        let done = task::start(async move {
            work.await;
            JsValue::UNDEFINED
        });
        if let Ok(promise) = done.dyn_into::<Promise>() {
            // It refuses what comes too late to be waited for, which is done nevertheless, or not at all.
            drop(self.platform.wait_until(&promise));
        }
    }
}
