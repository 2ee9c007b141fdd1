//! What one call is recognised by: equal ones are one, and nothing else is.

use proptest::prelude::*;
use serde_json::Value;
use tollgate::ledger::{Approval, fingerprint};
use tollgate::policy::{Edition, Rulebook, Ruling, decide};
use tollgate::registry::Server;
use tollgate::wire::json::{Object, parse};
use tollgate::wire::{Subject, ToolName};

/// A JSON value, and the same in another spelling: members in another order, escapes, numbers of the same value, white space.
fn spelled_twice() -> impl Strategy<Value = (String, String)> {
    let number = (-999i32..999, 0usize..3).prop_map(|(number, spelling)| {
        // No number begins with a zero and goes on with digits.
        let tenths = if number == 0 { "0e-1".to_owned() } else { format!("{number}0e-1") };
        let other = [format!("{number}.0"), tenths, format!("{number}E+0")];
        (number.to_string(), other[spelling].clone())
    });
    let string = "[a-z\"\\\\\u{e9}\u{1f642}\n]{0,4}".prop_map(|text: String| {
        let escaped = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<Vec<_>>().concat();
        (Value::from(text).to_string(), format!("\"{escaped}\""))
    });
    let leaf = prop_oneof![
        Just(("null".to_owned(), " null ".to_owned())),
        any::<bool>().prop_map(|truth| (truth.to_string(), format!("\t{truth}"))),
        number,
        string,
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let array = prop::collection::vec(inner.clone(), 0..4).prop_map(|elements| {
            let (one, other): (Vec<_>, Vec<_>) = elements.into_iter().unzip();
            (format!("[{}]", one.join(",")), format!("[ {} ]", other.join(" ,\n")))
        });
        let members = prop::collection::btree_map("[a-c]{0,2}", inner, 0..4);
        let object = members.prop_map(|members| {
            let one: Vec<_> = members.iter().map(|(key, (value, _))| format!("\"{key}\":{value}")).collect();
            let escaped = |key: &str| key.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
            let other = members.iter().rev().map(|(key, (_, value))| format!("\"{}\" : {value}", escaped(key)));
            (format!("{{{}}}", one.join(",")), format!("{{ {} }}", other.collect::<Vec<_>>().join(", ")))
        });
        prop_oneof![array, object]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same text, cut in other places, is another call.
    #[test]
    fn parts_cannot_be_moved_from_one_into_the_next(text in "[ab\u{0}:/]{0,12}", cuts in prop::collection::vec(0usize..12, 0..5), others in prop::collection::vec(0usize..12, 0..5)) {
        let parts = |cuts: &[usize]| {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([text.len()]);
            let begins = [0].into_iter().chain(cuts.iter().copied());
            begins.zip(ends).map(|(begin, end)| text[begin..end].to_owned()).collect::<Vec<_>>()
        };
        let (one, other) = (parts(&cuts), parts(&others));
        let of = |parts: &[String]| fingerprint(parts.iter().map(String::as_str));
        prop_assert_eq!(of(&one) == of(&other), one == other);
    }

    #[test]
    fn equal_arguments_are_one_call_however_they_are_spelled((one, other) in spelled_twice(), (different, _) in spelled_twice()) {
        let canonical = |text: &str| parse(text.as_bytes()).unwrap().canonical();
        prop_assert_eq!(canonical(&one), canonical(&other), "{} and {}", one, other);
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        prop_assert_eq!(canonical(&one) == canonical(&different), value(&one) == value(&different), "{} and {}", one, different);
    }
}

/// What a call is recognised by under a policy with these rules.
fn under(rules: &str, arguments: &str) -> String {
    let policy = format!(r#"{{"version":"1","default":"deny",{rules}}}"#);
    let edition = Edition::of(policy.as_bytes());
    let aliases = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"}}"#).unwrap().aliases;
    let arguments: Object<'_> = parse(arguments.as_bytes()).unwrap().into_object().unwrap();
    let canonical = arguments.canonical();
    let subject = Subject::Tool { name: ToolName::read("t".into()).unwrap(), arguments };
    let ruling = decide(Rulebook { edition: &edition, aliases: &aliases }, &subject).ruling;
    let Ruling::Hold(hold) = ruling else { panic!("{ruling:?} under {policy}") };
    hold.asks().fingerprint(&["g_1", "shop", "tools/call", "t", &canonical])
}

#[test]
fn a_yes_is_one_under_the_rules_that_judge_the_call_and_no_others() {
    const ASK: &str = r#""tools":{"t":{"action":"require_approval"}}"#;
    let asked = under(ASK, r#"{"a":1}"#);
    for same in [
        r#""tools":{"t":{"action":"require_approval"},"u":{}}"#,
        r#""tools":{ "t" : {"action":"require_approval"}}, "prompts":{"t":{"action":"deny"}}"#,
        r#""description":"x","tools":{"t":{"action":"require_approval"}}"#,
    ] {
        assert_eq!(under(same, r#"{"a":1.0}"#), asked, "{same}");
    }
    for other in [
        r#""tools":{"t":{"action":"require_approval","reason":"why"}}"#,
        r#""tools":{"t":{"action":"require_approval","approval":{"ttl":"16m"}}}"#,
        r#""tools":{"t":{"action":"require_approval","approval":{"by":"user"}}}"#,
        r#""tools":{"t":{"action":"require_approval","limits":[{"counter":"c","window":"day","max":1}]}}"#,
        r#""tools":{"t":{"action":"require_approval"}},"all_tools":{}"#,
        r#""tools":{"t":{}},"all_tools":{"action":"require_approval"}"#,
    ] {
        assert_ne!(under(other, r#"{"a":1}"#), asked, "{other}");
    }
    for other in [r#"{"a":2}"#, r#"{"a":"1"}"#, r#"{"a":1,"b":null}"#, r#"{"A":1}"#, "{}", r#"{"a":[1]}"#] {
        assert_ne!(under(ASK, other), asked, "{other}");
    }
}

#[test]
fn an_id_leads_to_the_ledger_of_its_grant_and_nothing_else_is_an_id() {
    let id = format!("ap_{}_{}", "0123456789abcdef".repeat(2), "0123456789abcdef");
    assert_eq!(Approval::ledger_of(&id), Some(format!("g_{}", "0123456789abcdef".repeat(2))));
    for wrong in [
        "",
        "ap_",
        "ap__",
        &id[1..],
        &id[..id.len() - 1],
        &format!("{id}0"),
        &format!("{id} "),
        &format!("{id}_0"),
        &id.to_uppercase(),
        &id.replace("ab", "AB"),
        &id.replacen("0123", "é23", 1),
        &id.replacen("ap_", "ap_g_", 1),
    ] {
        assert_eq!(Approval::ledger_of(wrong), None, "{wrong}");
    }
}
