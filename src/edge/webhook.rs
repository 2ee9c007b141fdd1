//! Telling people that an agent asks. `webhook.js` writes the message and sends it.

use worker::js_sys::Promise;
use worker::{Env, Error, Result};

use super::platform;
use super::task::settled;
use crate::ledger::Approval;

/// A message that has been sent off: what has become of it is for [`arrived`].
pub(super) struct Sent(Promise);

/// Whether anybody is to be told.
pub(super) fn is_set(env: &Env) -> bool {
    env.secret("WEBHOOK_URL").is_ok_and(|url| !url.to_string().is_empty())
}

/// Tells of a question that nobody has answered yet.
pub(super) fn tell(env: &Env, approval: &Approval) -> Result<Sent> {
    let url = env.secret("WEBHOOK_URL")?.to_string();
    let form = env.var("WEBHOOK_FORM").ok().map(|form| form.to_string());
    let key = env.secret("WEBHOOK_KEY").ok().map(|key| key.to_string());
    Ok(Sent(platform::tell(&url, form.as_deref(), key.as_deref(), &approval.shown()?)))
}

/// Waits until a message has arrived; an error where it has not.
pub(super) async fn arrived(Sent(promise): Sent) -> Result<()> {
    match settled(promise).await?.as_string() {
        None => Ok(()),
        Some(why) => Err(Error::from(why)),
    }
}
