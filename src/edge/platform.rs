//! What the gateway asks of the platform: the Rust side of `platform.js`, which says what each function does.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};
use worker::Env;
use worker::js_sys::Promise;

use super::ledger::Pages;
use super::origin::Flow;
use super::task::Task;

#[wasm_bindgen(raw_module = "tollgate-platform")]
extern "C" {
    pub(super) fn respond(status: u16, fields: &str, body: Option<&[u8]>) -> Response;

    pub(super) fn pass(response: &Response, fields: &str) -> Response;

    pub(super) fn relay(response: &Response, flow: Flow, fields: &str) -> Promise;

    pub(super) fn send(url: &str, method: &str, fields: &str, body: &JsValue, patience: u32) -> Promise;

    pub(super) fn carry(task: Task, promise: &Promise) -> Promise;

    pub(super) fn body(request: &Request, most: u32) -> Promise;

    pub(super) fn whole(response: &Response, most: u32, idle: u32) -> Promise;

    pub(super) fn export(pages: Pages) -> Response;

    pub(super) fn pause(millis: u32) -> Promise;

    pub(super) fn ask(env: &Env, binding: &str, name: &str, order: &str) -> Promise;

    pub(super) fn page(status: u16, page: &str) -> Response;

    pub(super) fn tell(url: &str, form: Option<&str>, key: Option<&str>, shown: &str) -> Promise;

    #[wasm_bindgen(js_name = policySchema)]
    pub(super) fn policy_schema() -> Response;

    #[wasm_bindgen(js_name = kvRemembered)]
    pub(super) fn kv_remembered(env: &Env, key: &str) -> Promise;

    #[wasm_bindgen(js_name = kvStored)]
    pub(super) fn kv_stored(env: &Env, key: &str) -> Promise;

    #[wasm_bindgen(js_name = kvKeep)]
    pub(super) fn kv_keep(env: &Env, key: &str, text: &str, metadata: Option<&str>) -> Promise;

    #[wasm_bindgen(js_name = kvForget)]
    pub(super) fn kv_forget(env: &Env, key: &str) -> Promise;

    #[wasm_bindgen(js_name = kvKeys)]
    pub(super) fn kv_keys(env: &Env, prefix: &str, limit: u32, cursor: Option<&str>) -> Promise;

    #[wasm_bindgen(catch, js_name = setAlarm)]
    pub(super) fn set_alarm(storage: &JsValue, at: f64) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn run(sql: &JsValue, statement: &str, parameters: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub(super) fn rows(sql: &JsValue, statement: &str, parameters: &str) -> Result<String, JsValue>;
}
