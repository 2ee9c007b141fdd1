//! Keys that another reader might take for a reserved one.

use super::json::Object;

/// The keys of `params` that some method or revision reserves.
pub(super) const PARAMS: &[&str] = &[
    "_meta",
    "argument",
    "arguments",
    "capabilities",
    "clientInfo",
    "context",
    "cursor",
    "inputResponses",
    "level",
    "name",
    "notifications",
    "protocolVersion",
    "ref",
    "requestId",
    "requestState",
    "task",
    "uri",
];

/// The keys of `params.ref`.
pub(super) const REFERENCE: &[&str] = &["name", "title", "type", "uri"];

/// The keys of `params.notifications` in `subscriptions/listen`.
pub(super) const SUBSCRIPTIONS: &[&str] =
    &["promptsListChanged", "resourceSubscriptions", "resourcesListChanged", "toolsListChanged"];

/// A key of `object` that is none of the reserved ones but equals one when case is ignored, as some JSON readers do (Go's
/// `encoding/json` read `Name` and `paramſ`: CVE-2026-27896, GHSA-4gph-2hhr-5mwg); or `__proto__`, from which a careless
/// reader in JavaScript inherits.
pub(super) fn imitation<'o>(object: &'o Object<'_>, reserved: &[&str]) -> Option<&'o str> {
    object.members().iter().map(|member| member.key.as_ref()).find(|key| {
        *key == "__proto__"
            || (!reserved.contains(key) && reserved.iter().any(|reserved| folded(reserved).eq(folded(key))))
    })
}

/// Simple case folding (Unicode, CaseFolding.txt, status C and S) as far as it leads to ASCII letters: besides A to Z only
/// the long s (U+017F) and the Kelvin sign (U+212A) do.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|character| match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    })
}
