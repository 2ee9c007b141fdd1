//! What an origin may say it can do: only what the gateway carries.

use super::answer::NotAnAnswer;
use super::era::{LEGACY_REVISIONS, MODERN_REVISION};
use super::json::{Node, Object, quote};

/// The server capabilities that the gateway carries. Tasks and extensions are not among them: their messages are in no
/// row of the method table.
const CARRIED: [&str; 5] = ["completions", "logging", "prompts", "resources", "tools"];

/// The answer to `initialize` or `server/discover` without what the gateway does not carry. An error passes as it is.
pub(super) fn edit_capabilities(message: &Object<'_>, text: &str) -> Result<String, NotAnAnswer> {
    let Some(result) = message.get("result") else { return Ok(text.to_owned()) };
    let result = result.as_object().ok_or(NotAnAnswer)?;
    let capabilities = result.get("capabilities").and_then(Node::as_object).ok_or(NotAnAnswer)?;
    let carried = carried(capabilities);
    let versions = match result.get("supportedVersions") {
        None => None,
        Some(versions) => Some(spoken(versions.as_array().ok_or(NotAnAnswer)?)),
    };
    let result = result.rewritten(|key| match key {
        "capabilities" => Some(carried.clone()),
        "supportedVersions" => versions.clone(),
        _ => None,
    });
    Ok(message.rewritten(|key| (key == "result").then(|| result.clone())))
}

/// Of an origin's capabilities those that the gateway carries, as JSON.
pub(super) fn carried(capabilities: &Object<'_>) -> String {
    capabilities.only(|key| CARRIED.contains(&key))
}

/// Of the versions that the origin speaks, those that the gateway speaks too.
fn spoken(versions: &[Node<'_>]) -> String {
    let known = |version: &&str| *version == MODERN_REVISION || LEGACY_REVISIONS.contains(version);
    let spoken: Vec<String> = versions.iter().filter_map(Node::as_str).filter(known).map(quote).collect();
    format!("[{}]", spoken.join(","))
}
