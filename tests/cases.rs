//! Runs the case files in `tests/cases`: a policy, a server, calls, and what must become of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate::policy::{Decided, Edition, Policy, RuleId, Rulebook, Ruling, decide, is_listed};
use tollgate::registry::Server;
use tollgate::wire::json::{self, Object};
use tollgate::wire::{ListKind, Subject, ToolName};

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it is about, for a stranger.
    why: String,
    /// The policy as it would be sent.
    policy: Option<Box<RawValue>>,
    /// Instead of it: the file that it stands in, seen from this one.
    policy_file: Option<String>,
    /// What the server's record says beside its origin.
    #[serde(default)]
    server: serde_json::Map<String, Value>,
    /// What the agent does.
    #[serde(default)]
    calls: Vec<Call>,
    /// Instead of calls: what is wrong with the policy.
    #[serde(default)]
    errors: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: Option<String>,
    prompt: Option<String>,
    resource: Option<String>,
    /// A resource template, of which a variable is completed.
    template: Option<String>,
    /// Of a tool or a prompt.
    arguments: Option<Box<RawValue>>,
    /// `allow`, `meter`, `hold` or `deny`.
    ruling: String,
    rule: String,
    reason_code: Option<String>,
    /// The rules in shadow that would have refused, in order.
    #[serde(default)]
    observed: Vec<String>,
    why: String,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Expected {
    pointer: String,
    message: String,
}

#[test]
fn every_case_is_ruled_as_it_says() {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")).unwrap();
    let mut ran = 0;
    for file in files {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        run(&path, &case);
        ran += 1;
    }
    assert!(ran > 5, "only {ran} case files were found");
}

fn run(path: &Path, case: &Case) {
    let place = format!("{} ({})", path.file_name().unwrap().to_string_lossy(), case.why);
    let document = match (&case.policy, &case.policy_file) {
        (Some(policy), None) => policy.get().to_owned(),
        (None, Some(file)) => fs::read_to_string(path.parent().unwrap().join(file)).expect(&place),
        _ => panic!("{place}: a case has a policy or names the file of one"),
    };
    let document = document.as_bytes();
    if !case.errors.is_empty() {
        let found = Policy::parse(document).expect_err(&place);
        let found: Vec<_> = found
            .into_iter()
            .map(|invalid| Expected { pointer: invalid.pointer.to_string(), message: invalid.message })
            .collect();
        assert_eq!(found, case.errors, "{place}");
        return;
    }
    let mut record = case.server.clone();
    record.insert("origin".to_owned(), serde_json::json!({ "url": "https://origin.example/mcp" }));
    let server = Server::parse(Value::Object(record).to_string().as_bytes()).expect(&place);
    let edition = Edition::of(document);
    assert!(matches!(edition, Edition::Valid(..)), "{place}: {:?}", Policy::parse(document));
    let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
    let shadow = serde_json::from_slice::<Value>(document).unwrap()["mode"] == "shadow";
    for call in &case.calls {
        let place = format!("{place}: {}", call.why);
        assert_eq!(ruled(rulebook, call), expected(call), "{place}");
        let (kind, name) = match (&call.tool, &call.prompt, &call.resource, &call.template) {
            (Some(name), None, None, None) => (ListKind::Tools, name),
            (None, Some(name), None, None) => (ListKind::Prompts, name),
            (None, None, Some(uri), None) => (ListKind::Resources, uri),
            (None, None, None, Some(_)) => continue,
            _ => panic!("{place}: a call names one of tool, prompt, resource and template"),
        };
        assert_eq!(
            is_listed(rulebook, kind, name),
            shadow || listed(call),
            "{place}: lists show exactly what can be used"
        );
    }
}

/// Whether a list shows what is called: of a tool or a prompt, whatever its arguments are.
fn listed(call: &Call) -> bool {
    let by_name = ["hidden", "default_deny", "denied_by_rule", "called_by_alias", "ambiguous_alias"];
    match &call.reason_code {
        Some(code) if call.resource.is_none() => !by_name.contains(&code.as_str()),
        Some(_) | None => call.ruling != "deny",
    }
}

type Ruled = (String, String, Option<String>, Vec<String>);

fn expected(call: &Call) -> Ruled {
    (call.ruling.clone(), call.rule.clone(), call.reason_code.clone(), call.observed.clone())
}

fn ruled(rulebook: Rulebook<'_>, call: &Call) -> Ruled {
    let name = |text: &str| ToolName::read(text.to_owned().into()).expect("a tool's name");
    let none = "{}";
    let arguments = json::parse(call.arguments.as_ref().map_or(none, |raw| raw.get()).as_bytes()).expect("strict JSON");
    let arguments = arguments.into_object().expect("arguments are an object");
    let subject = match (&call.tool, &call.prompt, &call.resource, &call.template) {
        (Some(tool), ..) => Subject::Tool { name: name(tool), arguments },
        (None, Some(prompt), ..) => Subject::Prompt { name: name(prompt), arguments: Some(arguments) },
        (None, None, Some(uri), _) => Subject::Resources { uris: vec![uri.into()] },
        (None, None, None, Some(uri)) => Subject::Template { uri: uri.into() },
        (None, None, None, None) => panic!("a call names one of tool, prompt, resource and template"),
    };
    let Decided { ruling, observed } = decide(rulebook, &subject);
    let observed = observed.iter().map(|denial| denial.rule.to_string()).collect();
    let (ruling, rule, code) = match ruling {
        Ruling::Allow(permit) => ("allow", permit.rule().to_string(), None),
        Ruling::Meter(meter) => ("meter", meter.rule().to_string(), None),
        Ruling::Hold(hold) => ("hold", hold.refused().rule.to_string(), None),
        Ruling::Deny(denial) => ("deny", denial.rule.to_string(), Some(denial.reason.code().to_owned())),
    };
    (ruling.to_owned(), rule, code, observed)
}

#[test]
fn a_policy_that_cannot_be_read_refuses_everything() {
    let server = Server::parse(br#"{"origin":{"url":"https://origin.example/mcp"}}"#).unwrap();
    for (edition, rule) in [(Edition::of(b"{"), RuleId::InvalidPolicy), (Edition::Missing, RuleId::NoPolicy)] {
        let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
        let name = ToolName::read("anything".into()).unwrap();
        let subject = Subject::Tool { name, arguments: Object::default() };
        let Ruling::Deny(denial) = decide(rulebook, &subject).ruling else {
            panic!("{edition:?} let something through");
        };
        assert_eq!(denial.rule, rule);
        assert!(!is_listed(rulebook, ListKind::Tools, "anything"));
    }
}

#[test]
fn errors_of_syntax_say_line_and_column() {
    let errors = Policy::parse(b"{\n  \"version\": \"1\",\n  \"default\" \"deny\"\n}").unwrap_err();
    assert_eq!(errors[0].message, "unexpected character at line 3, column 13");
    let unreadable = json::parse(b"[1,").unwrap_err();
    assert_eq!(unreadable.position("[1,"), (1, 4));
}
