//! An export on its way out: a page is asked for when the one before it has been taken.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use super::export;
use crate::edge::task;

/// The pages of an export. `platform.js` carries them.
#[wasm_bindgen]
pub struct Pages {
    env: Env,
    ledger: String,
    /// The page that is here.
    page: Option<String>,
    /// After which entry the next one begins.
    next: Option<u64>,
}

impl Pages {
    pub(in crate::edge) fn new(env: Env, ledger: String, first: String, next: Option<u64>) -> Self {
        Self { env, ledger, page: Some(first), next }
    }
}

#[wasm_bindgen]
impl Pages {
    /// The page that is here.
    pub fn take(&mut self) -> Option<String> {
        self.page.take()
    }

    /// Fetches the next page: gives those that are left, or the promise of them; nothing after the last; an error where it fails.
    pub fn turn(self) -> JsValue {
        let Some(after) = self.next else { return JsValue::UNDEFINED };
        task::start(async move {
            match export(&self.env, &self.ledger, after, false).await {
                Ok(page) => Self { page: Some(page.text), next: page.next, ..self }.into(),
                Err(error) => worker::js_sys::Error::new(&error.to_string()).into(),
            }
        })
    }
}
