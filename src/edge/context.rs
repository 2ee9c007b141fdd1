//! What goes on after the answer has gone.

use std::future::Future;

use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::{Function, Promise};
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

    /// Keeps the request alive though its agent may leave, which would end it: for what must not stop halfway.
    pub(super) fn keep_alive(&self) -> KeptAlive {
        let mut let_go = None;
        let held = Promise::new(&mut |resolve, _| let_go = Some(resolve));
        drop(self.platform.wait_until(&held));
        KeptAlive { let_go }
    }
}

/// A request that does not end with its agent, until this is dropped.
pub(super) struct KeptAlive {
    let_go: Option<Function>,
}

impl Drop for KeptAlive {
    fn drop(&mut self) {
        if let Some(let_go) = self.let_go.take() {
            drop(let_go.call0(&JsValue::UNDEFINED));
        }
    }
}
