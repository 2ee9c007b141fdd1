//! `tollgate audit verify`

use std::fs;

use serde_json::json;
use tollgate::ledger::{ChainKeys, ExportLine, Millis};
use tollgate::wire::seal::SealKeys;

use crate::process::{Folder, Ran, in_repository};

const KEYS: &str = "k2.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8,k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

const VERIFY: [&str; 3] = ["audit", "verify", "export.ndjson"];

fn export() -> String {
    fs::read_to_string(in_repository("tests/audit/export.ndjson")).unwrap()
}

/// Verifies an export beside the repository's marks.
fn verify(export: &str, args: &[&str]) -> Ran {
    let marks = fs::read_to_string(in_repository("tests/audit/marks.log")).unwrap();
    let folder = Folder::with([("export.ndjson", export), ("marks.log", &marks)]);
    folder.run_with_key(KEYS, None, &[&VERIFY, args].concat())
}

#[test]
fn what_a_whole_export_holds_is_said() {
    let said = "\
ok: `export.ndjson` is whole and unaltered.
  ledger   g_3f9a1c20b7d84e65
  entries  6: 1 to 6
  records  8
  time     2026-09-21T14:13:20.000Z to 2026-09-21T14:14:31.000Z
  keys     k1, k2
  marks    2 compared
  missing  1 record that isolates had not handed over:
           12ab34cd: 2
";
    assert_eq!(verify(&export(), &["--head", "marks.log"]).quietly(0).stdout, said);
    let json = verify(&export(), &["--json"]).quietly(0).json();
    let expected = json!({
        "ok": true, "ledger": "g_3f9a1c20b7d84e65", "after": 0, "entries": 6, "records": 8,
        "from": { "seq": 1, "at": "2026-09-21T14:13:20.000Z" }, "to": { "seq": 6, "at": "2026-09-21T14:14:31.000Z" },
        "keys": ["k1", "k2"], "uncovered_to": null, "marks": { "compared": 0, "earlier": 0 },
        "missing": [{ "isolate": "12ab34cd", "from": 2, "to": 2 }], "findings": [], "further": 0,
    });
    assert_eq!(json, expected);
}

#[test]
fn what_was_done_to_an_export_is_said_with_line_and_entry() {
    let touched = export().replace("\"reason_code\":\"condition_not_met\"", "\"reason_code\":\"rate_limited\"");
    let mut lines: Vec<&str> = touched.split_inclusive('\n').collect();
    lines.remove(4);
    let touched = lines.concat();
    let said = "\
export.ndjson:3: error: entry 2 is not what the ledger wrote here: it or its mac was altered, or it is from elsewhere
export.ndjson:5: error: entry 4 is missing: it was removed
failed: `export.ndjson` is not what the ledger wrote: 2 findings.
";
    assert_eq!(verify(&touched, &[]).quietly(1).stdout, said);
    let json = verify(&touched, &["--json"]).quietly(1).json();
    assert_eq!(json["ok"], json!(false));
    let message = "entry 4 is missing: it was removed";
    assert_eq!(json["findings"][1], json!({ "line": 5, "seq": 5, "kind": "missing", "message": message }));
}

#[test]
fn an_older_export_is_found_beside_the_log() {
    let export = export();
    let marks = fs::read_to_string(in_repository("tests/audit/marks.log")).unwrap();
    let mark = marks.lines().find(|line| line.contains("\"seq\":3")).unwrap();
    let mark = mark.strip_prefix("{\"event\":\"audit\",\"mark\":").unwrap().strip_suffix('}').unwrap();
    let lines: Vec<&str> = export.split_inclusive('\n').take(4).collect();
    let older = format!("{}{{\"end\":{mark}}}\n", lines.concat());
    verify(&older, &[]).quietly(0);
    let found = verify(&older, &["--head", "marks.log"]).quietly(1);
    let said = "export.ndjson:5: error: the export ends before what the log saw: marks.log:4 has noted entry 6\n";
    assert!(found.stdout.starts_with(said), "{}", found.stdout);
}

#[test]
fn an_earlier_export_has_marks_too_and_a_log_without_any_says_so() {
    let folder = Folder::with([("export.ndjson", &export()), ("empty.log", "{\"event\":\"allow\"}\n")]);
    let beside = |head| folder.run_with_key(KEYS, None, &[&VERIFY[..], &["--head", head]].concat()).quietly(0).stdout;
    assert!(beside("export.ndjson").contains("\n  marks    2 compared\n"));
    let nothing = beside("empty.log");
    assert!(nothing.contains("\n  marks    none to compare with: an older export"), "{nothing}");
}

#[test]
fn the_key_comes_from_the_environment_and_is_asked_for() {
    let folder = Folder::with([("export.ndjson", &export())]);
    let ran = folder.run(&VERIFY);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.starts_with("error: SEAL_KEY is not set.") && ran.stderr.contains("NEW.KEY,OLD.KEY"),
        "{}",
        ran.stderr
    );
    for wrong in ["k1", "k1.AAEC", &KEYS.replace("k1.", "k2.")] {
        let ran = folder.run_with_key(wrong, None, &VERIFY);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("SEAL_KEY is not of the form"), "{}", ran.stderr);
        assert!(!ran.stderr.contains(wrong), "a secret is repeated nowhere");
    }
    let (newest, _) = KEYS.split_once(',').unwrap();
    let ran = folder.run_with_key(newest, None, &VERIFY).quietly(1);
    assert!(ran.stdout.contains("made with the key `k1`, which SEAL_KEY does not have"), "{}", ran.stdout);
}

#[test]
fn an_export_may_come_from_standard_input() {
    let folder = Folder::with([("export.ndjson", &export())]);
    let ran = folder.run_with_key(KEYS, Some("export.ndjson"), &["audit", "verify", "-"]).quietly(0);
    assert!(ran.stdout.starts_with("ok: `-` is whole and unaltered.\n"), "{}", ran.stdout);
}

#[test]
fn a_file_that_is_not_there_ends_with_3() {
    let folder = Folder::with([("export.ndjson", &export())]);
    for args in [&["audit", "verify", "absent.ndjson"][..], &[&VERIFY[..], &["--head", "absent.ndjson"]].concat()] {
        let ran = folder.run_with_key(KEYS, None, args);
        assert_eq!(ran.code, 3);
        assert!(ran.stderr.contains("`absent.ndjson` cannot be read"), "{}", ran.stderr);
    }
}

#[test]
fn a_line_without_end_takes_no_memory_and_is_no_line() {
    let long = format!("{}{}\n", export(), "x".repeat(9 << 20));
    let found = verify(&long, &["--json"]).quietly(1).json();
    assert_eq!(found["findings"].as_array().unwrap().len(), 1);
    assert_eq!((&found["findings"][0]["line"], &found["findings"][0]["kind"]), (&json!(9), &json!("after_end")));
}

#[test]
fn what_an_export_does_not_cover_is_said() {
    // The mark of the third entry, as it was noted, begins an export of the rest.
    let marks = fs::read_to_string(in_repository("tests/audit/marks.log")).unwrap();
    let export = export();
    let begin = marks.lines().nth(2).unwrap().replace("{\"event\":\"audit\",\"mark\":", "{\"begin\":");
    let lines: Vec<&str> = export.split_inclusive('\n').skip(4).collect();
    let said = verify(&format!("{begin}\n{}", lines.concat()), &[]).quietly(0).stdout;
    assert!(said.contains("\n  entries  3: 4 to 6, without those up to 3\n"), "{said}");
    assert!(
        said.contains("\n  missing  1 record that isolates had not handed over:\n           12ab34cd: 2\n"),
        "{said}"
    );
}

#[test]
fn entries_older_than_the_chain_are_not_called_unaltered() {
    let derived = SealKeys::parse(KEYS).unwrap().derived(ChainKeys::PURPOSE).unwrap();
    let keys = ChainKeys::of(derived).unwrap();
    let [old, new] = [1, 2].map(|seq| format!(r#"{{"seq":{seq},"at":1790000000000,"records":[]}}"#));
    let anchor = keys.anchor("g_1");
    let mac = keys.link(&anchor, &new);
    let begin = ExportLine::Begin(keys.mark("g_1", 0, anchor.clone(), Millis(0)));
    let old = ExportLine::Entry { mac: None, text: &old };
    let new = ExportLine::Entry { mac: Some(mac.clone()), text: &new };
    let end = |seq, mac| ExportLine::End(keys.mark("g_1", seq, mac, Millis(0)));
    let both = verify(&format!("{begin}\n{old}\n{new}\n{}\n", end(2, mac)), &[]).quietly(0).stdout;
    assert!(both.starts_with("ok: `export.ndjson` is whole, and unaltered after entry 1.\n"), "{both}");
    assert!(both.contains("\n  unverified  entries up to 1, which are older than the chain\n"), "{both}");
    let one = verify(&format!("{begin}\n{old}\n{}\n", end(1, anchor)), &[]).quietly(0).stdout;
    assert!(one.starts_with("ok: `export.ndjson` is whole, and all of it is older than the chain.\n"), "{one}");
}
