//! What holds for every command.

use crate::process::{Folder, in_repository};

const POLICY: &str = r#"{"version":"1","default":"allow"}"#;

#[test]
fn help_says_what_a_command_is_for_with_an_example_and_the_exit_codes() {
    let folder = Folder::new();
    let whole = folder.run(&["--help"]).quietly(0);
    assert!(whole.stdout.contains("Exit codes:"), "{}", whole.stdout);
    for command in ["check", "explain", "test", "scan", "import", "schema", "audit", "approvals", "operators"] {
        assert!(whole.stdout.contains(&format!("\n  {command} ")), "{command}");
        let help = folder.run(&[command, "--help"]).quietly(0);
        assert!(help.stdout.contains("Example"), "{command}: {}", help.stdout);
        assert!(help.stdout.contains("--json"), "{command}: {}", help.stdout);
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let folder = Folder::with([("p.json", POLICY)]);
    let wrong: [&[&str]; 19] = [
        &[],
        &["chekc"],
        &["check"],
        &["check", "p.json", "--frobnicate"],
        &["explain", "p.json"],
        &["explain", "p.json", "--tool", "a", "--resource", "b://c"],
        &["explain", "p.json", "--tool", "a", "--args", "[1]"],
        &["check", "p.json", "--preset", "nope"],
        &["audit"],
        &["audit", "verify"],
        &["audit", "verify", "p.json", "--head", "-"],
        &["approvals"],
        &["approvals", "show"],
        &["approvals", "approve", "ap_1"],
        &["approvals", "list", "--every", "3"],
        &["approvals", "list", "--status", "open"],
        &["operators"],
        &["operators", "add"],
        &["operators", "add", "Ada Lovelace"],
    ];
    for args in wrong {
        let ran = folder.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stderr);
        assert_ne!(ran.stderr, "", "{args:?}");
    }
    assert!(folder.run(&["chekc"]).stderr.contains("check"), "it says what was meant");
}

#[test]
fn a_file_that_cannot_be_read_ends_with_3_and_says_which() {
    let folder = Folder::new();
    for args in [["check", "absent.json"], ["test", "absent.json"], ["import", "absent.yaml"]] {
        let ran = folder.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
        assert!(ran.stderr.contains(args[1]) && ran.stderr.contains("cannot be read"), "{}", ran.stderr);
    }
}

#[test]
fn nothing_that_is_piped_has_colours() {
    let folder = Folder::with([("p.json", POLICY)]);
    for args in
        [vec!["check", "p.json"], vec!["check", "absent.json"], vec!["explain", "p.json", "--tool", "a"], vec!["-h"]]
    {
        let ran = folder.run(&args);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn a_failure_is_json_too_where_json_is_wanted() {
    let ran = Folder::new().run(&["check", "absent.json", "--json"]).quietly(3);
    assert!(ran.json()["error"]["message"].as_str().unwrap().contains("absent.json"));
}

#[test]
fn the_schema_is_printed_as_it_is_in_docs() {
    let stored = std::fs::read_to_string(in_repository("docs/policy.schema.json")).unwrap();
    let folder = Folder::new();
    assert_eq!(folder.run(&["schema"]).quietly(0).stdout, stored);
    assert_eq!(folder.run(&["schema", "--json"]).quietly(0).json()["title"], "Tollgate policy");
}
