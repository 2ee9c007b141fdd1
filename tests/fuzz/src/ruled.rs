//! What a policy says of calls, reads and lists, beside what its conditions say to a reader of its own.

use tollgate::policy::{Decided, Edition, Policy, Rulebook, Ruling, decide, is_listed};
use tollgate::registry::Server;
use tollgate::wire::json::{Object, parse};
use tollgate::wire::{ListKind, Subject, ToolName};

use crate::kleene;
use crate::lax::Lax;

/// The tool that is called.
const TOOL: &str = "t";

/// # Panics
/// If a document is read in a way that another reader cannot follow, a call gets through that a condition refuses, a list
/// does not say what can be used, a call is charged more than there ever is, or what is kept of it is no JSON.
pub fn check(text: &str) {
    let (Ok(node), Some(lax)) = (parse(text.as_bytes()), Lax::read(text.as_bytes())) else { return };
    let Some(input) = node.as_object() else { return };
    let Some(document) = input.get("policy") else { return };
    let read = Policy::parse(document.text.as_bytes());
    let edition = Edition::of(document.text.as_bytes());
    assert_eq!(read.is_ok(), matches!(edition, Edition::Valid(..)), "a policy is valid, or refuses everything");
    let server = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"},"aliases":{"a":"t"}}"#).expect("a server");
    let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };

    let empty = Object::default();
    let arguments = input.get("arguments").and_then(|node| node.as_object()).unwrap_or(&empty);
    let name = ToolName::read(TOOL.into()).expect("a name");
    let call = Subject::Tool { name, arguments: arguments.clone() };
    let decided = decide(rulebook, &call);
    let refused = matches!(decided.ruling, Ruling::Deny(_));
    let Ok(policy) = read else { return assert!(refused, "what cannot be read lets something through") };

    let _ = (policy.warnings(), policy.contradictions());
    let lax_policy = lax.last("policy").expect("it is there");
    let shadow = lax_policy.last("mode").and_then(Lax::as_str) == Some("shadow");
    assert!(!(shadow && refused), "a policy in shadow refuses");
    assert_kept(&decided);
    if let Ruling::Meter(meter) = &decided.ruling {
        for charge in meter.charges(None) {
            assert!(charge.cost <= charge.max, "{charge:?}");
            assert!(charge.shadow || !shadow, "a policy in shadow enforces {charge:?}");
        }
    }
    let listed = is_listed(rulebook, ListKind::Tools, TOOL);
    assert!(listed || refused, "what can be called is not listed");
    if !refused && !shadow && kleene::can_judge(text) {
        kleene::would_pass(lax_policy, TOOL, "a", lax.last("arguments"));
    }
    if let Some(uri) = input.get("uri").and_then(|node| node.as_str()) {
        let read = decide(rulebook, &Subject::Resources { uris: vec![uri.into()] });
        assert_kept(&read);
        let readable = !matches!(read.ruling, Ruling::Deny(_));
        assert_eq!(readable, is_listed(rulebook, ListKind::Resources, uri), "{uri} is listed, or refused");
    }
}

fn assert_kept(decided: &Decided<'_>) {
    for (path, value) in &decided.kept {
        assert!(value.len() <= 1024 && parse(value.as_bytes()).is_ok(), "{path}: {value}");
    }
}
