//! Runs the case files in `tests/cases` and of the presets: a policy, a server, calls, and what must become of each.
//! `tests/cases/README.md` describes the format; `tests/e2e/cases.test.mjs` runs the same files through the gateway.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate::policy::{Decided, Denial, Edition, Policy, RuleId, Rulebook, Ruling, decide, is_listed};
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
    /// Resources that are subscribed to together.
    resources: Option<Vec<String>>,
    /// A resource template, of which a variable is completed.
    template: Option<String>,
    /// A prompt of which an argument is completed.
    completed_prompt: Option<String>,
    /// Of a tool or a prompt.
    arguments: Option<Box<RawValue>>,
    /// `allow`, `meter`, `hold` or `deny`.
    ruling: String,
    rule: String,
    reason_code: Option<String>,
    /// What the policy's author has to say where it is refused.
    told: Option<String>,
    /// Whether a list shows it. What is not said follows from the ruling.
    listed: Option<bool>,
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
    let (mut ran, mut wrong) = (0, Vec::new());
    for folder in folders() {
        let Ok(files) = fs::read_dir(&folder) else { continue };
        for path in
            files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        {
            let text = fs::read_to_string(&path).unwrap();
            let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            run(&path, &case, &mut wrong);
            ran += 1;
        }
    }
    assert!(ran > 5, "only {ran} case files were found");
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where case files are: the language's own, and those of each preset.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let presets = fs::read_dir(root.join("presets")).unwrap().map(|preset| preset.unwrap().path().join("cases"));
    presets.chain([root.join("tests/cases")]).collect()
}

/// Adds what disagrees with the case to `wrong`.
fn run(path: &Path, case: &Case, wrong: &mut Vec<String>) {
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
        if found != case.errors {
            wrong.push(format!("{place}: {found:#?}"));
        }
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
        let (found, expected) = (ruled(rulebook, call), expected(call));
        if found != expected {
            wrong.push(format!("{place}: {expected:?}, but the ruling is {found:?}"));
        }
        let Some((kind, name)) = call.item() else { continue };
        let shown = is_listed(rulebook, kind, name);
        let by_ruling = (kind != ListKind::ResourceTemplates).then(|| shadow || listed(call));
        if call.listed.or(by_ruling).is_some_and(|listed| listed != shown) {
            wrong.push(format!("{place}: lists show exactly what can be used, but whether this is shown is {shown}"));
        }
    }
}

impl Call {
    /// What a list has of it.
    fn item(&self) -> Option<(ListKind, &str)> {
        let items = [
            (ListKind::Tools, &self.tool),
            (ListKind::Prompts, &self.prompt),
            (ListKind::Prompts, &self.completed_prompt),
            (ListKind::Resources, &self.resource),
            (ListKind::ResourceTemplates, &self.template),
        ];
        items.into_iter().find_map(|(kind, name)| Some((kind, name.as_deref()?)))
    }

    fn subject(&self) -> Subject<'_> {
        let name = |text: &str| ToolName::read(text.to_owned().into()).expect("a name");
        let arguments = json::parse(self.arguments.as_ref().map_or("{}", |raw| raw.get()).as_bytes());
        let arguments = arguments.expect("strict JSON").into_object().expect("arguments are an object");
        let subjects = [
            self.tool.as_deref().map(|tool| Subject::Tool { name: name(tool), arguments: arguments.clone() }),
            self.prompt.as_deref().map(|prompt| Subject::Prompt { name: name(prompt), arguments: Some(arguments) }),
            self.completed_prompt.as_deref().map(|prompt| Subject::Prompt { name: name(prompt), arguments: None }),
            self.resource.as_deref().map(|uri| Subject::Resources { uris: vec![uri.into()] }),
            self.resources.as_ref().map(|uris| Subject::Resources { uris: uris.iter().map(Into::into).collect() }),
            // As the gateway reads it: without a variable it is a resource.
            self.template.as_deref().map(|uri| {
                if uri.contains('{') {
                    Subject::Template { uri: uri.into() }
                } else {
                    Subject::Resources { uris: vec![uri.into()] }
                }
            }),
        ];
        let mut subjects = subjects.into_iter().flatten();
        let (Some(subject), None) = (subjects.next(), subjects.next()) else { panic!("a call names one thing") };
        subject
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

#[derive(Debug, PartialEq)]
struct Ruled {
    ruling: String,
    rule: String,
    reason_code: Option<String>,
    told: Option<String>,
    observed: Vec<String>,
}

fn expected(call: &Call) -> Ruled {
    Ruled {
        ruling: call.ruling.clone(),
        rule: call.rule.clone(),
        reason_code: call.reason_code.clone(),
        told: call.told.clone(),
        observed: call.observed.clone(),
    }
}

fn ruled(rulebook: Rulebook<'_>, call: &Call) -> Ruled {
    let subject = call.subject();
    let Decided { ruling, observed } = decide(rulebook, &subject);
    let observed = observed.iter().map(|denial| denial.rule.to_string()).collect();
    let denied = |denial: Denial<'_>| (denial.rule.to_string(), denial.told.map(str::to_owned));
    let (ruling, (rule, told), reason_code) = match ruling {
        Ruling::Allow(permit) => ("allow", (permit.rule().to_string(), None), None),
        Ruling::Meter(meter) => ("meter", (meter.rule().to_string(), None), None),
        Ruling::Hold(hold) => ("hold", denied(hold.refused()), None),
        Ruling::Deny(denial) => ("deny", denied(denial.clone()), Some(denial.reason.code().to_owned())),
    };
    // What is told is looked at where a case says what it should be.
    Ruled { ruling: ruling.to_owned(), rule, reason_code, told: told.filter(|_| call.told.is_some()), observed }
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
