//! `tollgate approvals`, before gateways that answer well and gateways that do not. With a real gateway:
//! `tests/e2e/cli-approvals.test.mjs`.

mod answer;
mod list;
mod reach;
mod show;

use serde_json::{Value, json};

use crate::origin::{Answer, Asked, Origin};
use crate::process::{Folder, Ran};

const ID: &str = "ap_0123456789abcdef0123456789abcdef_0011223344556677";
const TOKEN: &str = "to_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A question of long ago, with these members in place of its own.
fn question(members: &Value) -> Value {
    let mut question = json!({
        "id": ID, "status": "pending", "url": format!("https://gateway.example/approve/{ID}"),
        "grant": { "id": "g_0123456789abcdef0123456789abcdef", "label": "nightly-bot" }, "server": "shop",
        "method": "tools/call", "name": "run", "arguments": { "command": "migrate" }, "rule": "/tools/run", "reason": null,
        "by": "operator", "policy": { "name": "ops", "stamp": "00" }, "asked_at": "2026-01-26T08:25:00.123Z",
        "expires_at": "2026-01-26T08:40:00.123Z", "decision": null, "used_by": null, "request_id": "r_1",
    });
    for (key, value) in members.as_object().unwrap() {
        question[key] = value.clone();
    }
    question
}

/// Runs `tollgate` as an operator before a gateway that answers so.
fn before(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static, args: &[&str]) -> (Ran, Vec<Asked>) {
    let gateway = Origin::start(answer);
    let ran = Folder::new().run_as(gateway.site(), TOKEN, args);
    (ran, gateway.asked())
}
