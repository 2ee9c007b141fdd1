//! What the gateway asks of the platform: the Rust side of `platform.js`, which says what each function does.

use std::future::Future;
use std::task::{Context as Task, Poll, Waker};

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};
use worker::Env;
use worker::js_sys::Promise;
use worker::wasm_bindgen_futures::future_to_promise;

use super::origin::Flow;

#[wasm_bindgen(raw_module = "tollgate-platform")]
extern "C" {
    pub(super) fn respond(status: u16, fields: &str, body: Option<&str>) -> Response;

    pub(super) fn pass(response: &Response, fields: &str) -> Response;

    pub(super) fn relay(response: &Response, flow: Flow, fields: &str) -> Response;

    pub(super) fn send(url: &str, method: &str, fields: &str, body: &JsValue, patience: u32) -> Promise;

    pub(super) fn body(request: &Request, most: u32) -> Promise;

    pub(super) fn whole(response: &Response, most: u32, idle: u32) -> Promise;

    pub(super) fn ask(env: &Env, binding: &str, name: &str, order: &str) -> Promise;

    #[wasm_bindgen(catch)]
    pub(super) fn run(sql: &JsValue, statement: &str, parameters: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn rows(sql: &JsValue, statement: &str, parameters: &str) -> Result<String, JsValue>;
}

/// What `future` comes to: at once if it waits for nothing, else as a promise. Most messages wait for nothing but the
/// ledger and the origin, and a denial for nobody; a promise that is not made is not paid for.
pub(super) fn at_once_or_promised(future: impl Future<Output = JsValue> + 'static) -> JsValue {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        // Whom the first poll would have woken is polled again, by somebody who can be.
        Poll::Pending => future_to_promise(async { Ok(future.await) }).into(),
    }
}
