//! Telling people that an agent asks. `webhook.js` writes the message and sends it.

use worker::{Env, Result};

use super::platform;
use super::task::settled;
use crate::ledger::Approval;

/// Whether anybody is to be told.
pub(super) fn is_set(env: &Env) -> bool {
    env.secret("WEBHOOK_URL").is_ok()
}

/// Tells of a question that nobody has answered yet.
pub(super) async fn tell(env: &Env, approval: &Approval) -> Result<()> {
    let url = env.secret("WEBHOOK_URL")?.to_string();
    let form = env.var("WEBHOOK_FORM").ok().map(|form| form.to_string());
    let key = env.secret("WEBHOOK_KEY").ok().map(|key| key.to_string());
    settled(platform::tell(&url, form.as_deref(), key.as_deref(), &approval.shown()?)).await?;
    Ok(())
}
