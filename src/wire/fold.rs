//! Keys that another reader might take for a reserved one.

/// The keys of `params` that some method or revision reserves.
const RESERVED: [&str; 17] = [
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
    "requestState",
    "requestId",
    "task",
    "uri",
];

/// Whether `key` is no reserved key but equals one when case is ignored, as some JSON readers do (Go's `encoding/json`
/// read `Name` and `paramſ`: CVE-2026-27896, GHSA-4gph-2hhr-5mwg).
pub(super) fn imitates_reserved(key: &str) -> bool {
    !RESERVED.contains(&key) && RESERVED.iter().any(|reserved| folded(reserved).eq(folded(key)))
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
