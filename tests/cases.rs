//! Runs the case files in `tests/cases` and of the presets: a policy, a server, calls, and what must become of each.
//! `src/cases` reads and runs them, for `tollgate test` too; `tests/e2e/cases.test.mjs` runs the same files through the gateway.

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

use tollgate::cases::Case;
use tollgate::policy::{Edition, Policy, RuleId, Rulebook, Ruling, decide, is_listed};
use tollgate::registry::Server;
use tollgate::wire::json::{self, Object};
use tollgate::wire::{ListKind, Subject, ToolName};

#[test]
fn every_case_is_ruled_as_it_says() {
    let (mut ran, mut wrong) = (0, Vec::new());
    for folder in folders() {
        let Ok(files) = fs::read_dir(&folder) else { continue };
        for path in
            files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        {
            let text = fs::read_to_string(&path).unwrap();
            let outcome = Case::parse(&text).and_then(|case| case.run(&folder));
            let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            wrong.extend(outcome.failed.into_iter().map(|failed| format!("{}: {failed:#?}", path.display())));
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
