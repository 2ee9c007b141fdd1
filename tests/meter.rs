//! From a policy to its ledger and back: what a call with limits is charged, what it hears, and what limits in shadow would
//! have said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use tollgate::ledger::{Account, Admission, Charge, Millis, Overrun, Receipt, Share};
use tollgate::policy::{Denial, Edition, Meter, Outcome, Reason, Rulebook, Ruling, decide};
use tollgate::registry::Server;
use tollgate::wire::json::parse;
use tollgate::wire::{Subject, ToolName};

/// Policy and ledger of one grant.
struct Gateway {
    policy: String,
    account: Account,
    clock: Millis,
}

/// What a call heard.
#[derive(Debug, PartialEq)]
struct Heard {
    /// The rule that refused it, and why.
    refused: Option<(String, &'static str)>,
    /// The rules in shadow whose limits would have.
    observed: Vec<String>,
    /// The header fields `RateLimit-Policy` and `RateLimit`.
    fields: (String, String),
}

impl Gateway {
    /// Under a policy in which the tool `t` has these limits.
    fn limiting(limits: &str) -> Self {
        Self::under(&format!(r#""tools":{{"t":{{"limits":[{limits}]}}}}"#))
    }

    fn under(rules: &str) -> Self {
        let policy = format!(r#"{{"version":"1","default":"deny",{rules}}}"#);
        Self { policy, account: Account::default(), clock: Millis(1_790_000_000_000) }
    }

    fn with<T>(&mut self, arguments: &str, see: impl FnOnce(&mut Account, Millis, Meter<'_>) -> T) -> T {
        let edition = Edition::of(self.policy.as_bytes());
        let aliases = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"}}"#).unwrap().aliases;
        let arguments = parse(arguments.as_bytes()).unwrap().into_object().unwrap();
        let subject = Subject::Tool { name: ToolName::read("t".into()).unwrap(), arguments };
        let ruling = decide(Rulebook { edition: &edition, aliases: &aliases }, &subject).ruling;
        let Ruling::Meter(meter) = ruling else { panic!("{ruling:?} under {}", self.policy) };
        see(&mut self.account, self.clock, meter)
    }

    fn charges(&mut self, arguments: &str, session: Option<&str>) -> Vec<Charge> {
        self.with(arguments, |_, _, meter| meter.charges(session))
    }

    fn call(&mut self, arguments: &str) -> Heard {
        self.with(arguments, |account, clock, meter| {
            let charged = account.charge(&meter.charges(None), clock);
            let fields = charged.as_ref().map(|receipt| meter.rate_limit_fields(&receipt.tallies)).unwrap_or_default();
            let admission = charged.map_or_else(Admission::Refused, Admission::Admitted);
            match meter.settle(&admission) {
                Ok((_, observed)) => {
                    let observed = observed.iter().map(|denial| denial.rule.to_string()).collect();
                    Heard { refused: None, observed, fields }
                }
                Err(Denial { rule, reason, .. }) => {
                    Heard { refused: Some((rule.to_string(), reason.code())), observed: Vec::new(), fields }
                }
            }
        })
    }
}

#[test]
fn what_is_charged_is_what_the_document_says() {
    let mut gateway = Gateway::limiting(
        r#"{"counter":"a","window":"minute","max":5},{"counter":"b","window":90,"max":6,"scope":"server","algorithm":"fixed"},
           {"counter":"c","window":"day","max":7,"scope":"session","sessions":3,"mode":"shadow"},
           {"counter":"d","window":"day","max":8,"cost_from":"args.n"}"#,
    );
    let charges = gateway.charges(r#"{"n":2.5}"#, Some("s1"));
    let numbers: Vec<_> = charges.iter().map(|charge| (charge.window.seconds(), charge.cost, charge.max)).collect();
    assert_eq!(numbers, [(60, 1, 5), (90, 1, 6), (86_400, 1, 7), (86_400, 2_500_000, 8_000_000)]);
    let algorithms: Vec<_> = charges.iter().map(|charge| charge.algorithm.as_str()).collect();
    assert_eq!(algorithms, ["sliding", "fixed", "sliding", "sliding"]);
    let session = |id: Option<&str>| Share::Session { id: id.map(str::to_owned), sessions: 3 };
    let shares: Vec<_> = charges.iter().map(|charge| charge.share.clone()).collect();
    assert_eq!(shares, [Share::Grant, Share::Server, session(Some("s1")), Share::Grant]);
    assert_eq!(charges.iter().map(|charge| charge.shadow).collect::<Vec<_>>(), [false, false, true, false]);
    assert_eq!(charges.last().unwrap().unit.as_deref(), Some("args.n"));
    let none = gateway.charges(r#"{"n":2.5}"#, None);
    assert_eq!(none.get(2).map(|charge| charge.share.clone()), Some(session(None)), "a call without a session");
}

#[test]
fn the_largest_costs_fit() {
    let limit = r#"{"counter":"d","window":"day","max":10000000000000,"cost_from":"args.n"}"#;
    let mut gateway = Gateway::limiting(limit);
    for (cost, expected) in [("1e13", 10_000_000_000_000_000_000), ("1e-6", 1), ("0", 0), ("-0", 0), ("0.10", 100_000)]
    {
        let charges = gateway.charges(&format!(r#"{{"n":{cost}}}"#), None);
        assert_eq!(charges.first().map(|charge| charge.cost), Some(expected), "{cost}");
    }
}

#[test]
fn header_fields_are_of_limits_that_are_enforced_in_their_own_units() {
    let mut gateway = Gateway::limiting(
        r#"{"counter":"money","window":"day","max":100,"cost_from":"args.n"},
           {"counter":"calls","window":"minute","max":10},
           {"counter":"watched","window":"minute","max":10,"mode":"shadow"}"#,
    );
    let (policy, state) = gateway.call(r#"{"n":0.5}"#).fields;
    assert_eq!(policy, r#""money";q=100;w=86400, "calls";q=10;w=60"#);
    assert_eq!(state, r#""money";r=99;t=86400, "calls";r=9;t=60"#, "half of one is no whole one");
    let mut watched = Gateway::limiting(r#"{"counter":"watched","window":"minute","max":10,"mode":"shadow"}"#);
    assert_eq!(watched.call("{}").fields, (String::new(), String::new()));
}

#[test]
fn a_limit_in_shadow_counts_and_says_what_it_would_have_refused() {
    let limits =
        r#"{"counter":"c","window":"minute","max":1,"mode":"shadow"},{"counter":"c","window":"minute","max":3}"#;
    let mut gateway = Gateway::limiting(limits);
    let observed: Vec<_> = (0..3).map(|_| gateway.call("{}").observed).collect();
    let would = || vec!["/tools/t/limits/0".to_owned()];
    assert_eq!(observed, [Vec::new(), would(), would()]);
    let refused = gateway.call("{}");
    assert_eq!(refused.refused, Some(("/tools/t/limits/1".to_owned(), "rate_limited")));
    gateway.clock.0 += 61_000;
    assert_eq!(gateway.call("{}").observed, Vec::<String>::new(), "its window passes like any");
}

#[test]
fn what_a_policy_in_shadow_has_counted_is_not_held_against_the_same_one_enforced() {
    let rules = r#""tools":{"t":{"rate_limit":{"max":1,"window":60}}}"#;
    let mut gateway = Gateway::under(&format!(r#""mode":"shadow",{rules}"#));
    assert_eq!(gateway.call("{}").observed, Vec::<String>::new());
    assert_eq!(gateway.call("{}").observed, ["/tools/t/rate_limit"]);
    gateway.policy = Gateway::under(rules).policy;
    assert_eq!(gateway.call("{}").refused, None);
    assert_eq!(gateway.call("{}").refused, Some(("/tools/t/rate_limit".to_owned(), "rate_limited")));
}

#[test]
fn a_cost_that_is_less_may_pass_where_a_greater_does_not() {
    let mut gateway = Gateway::limiting(r#"{"counter":"money","window":"hour","max":1,"cost_from":"args.n"}"#);
    assert_eq!(gateway.call(r#"{"n":0.7}"#).refused, None);
    assert_eq!(gateway.call(r#"{"n":0.300001}"#).refused, Some(("/tools/t/limits/0".to_owned(), "rate_limited")));
    assert_eq!(gateway.call(r#"{"n":0.3}"#).refused, None);
    assert_eq!(gateway.call(r#"{"n":0}"#).refused, None, "nothing is left, and nothing is asked for");
}

#[test]
fn a_counter_that_two_rules_share_is_given_back_where_both_say_so() {
    let mut gateway = Gateway::under(
        r#""all_tools":{"limits":[{"counter":"c","window":60,"max":9}],"refund_on":["error"]},
        "tools":{"t":{"limits":[{"counter":"c","window":60,"max":5},{"counter":"d","window":60,"max":5}],"refund_on":["error","tool_error"]}}"#,
    );
    let mut given_back = |outcome: Outcome<'_>| {
        gateway.with("{}", |account, clock, meter| {
            let receipt: Receipt = account.charge(&meter.charges(None), clock).unwrap();
            let limits: Vec<_> = receipt.spent.iter().map(|spent| spent.limits.as_slice()).collect();
            assert_eq!(limits, [[0, 1].as_slice(), &[2]], "each counter is charged once");
            let given = meter.refunds().given_by(outcome);
            let back: Vec<_> = receipt.spent.into_iter().filter(|spent| spent.is_given_back(&given)).collect();
            account.give_back(&back, receipt.at);
            back.into_iter().flat_map(|spent| spent.limits).collect::<Vec<_>>()
        })
    };
    assert_eq!(given_back(Outcome::Error), [0, 1, 2]);
    let failed = parse(br#"{"isError":true}"#).unwrap().into_object().unwrap();
    assert_eq!(given_back(Outcome::Result(&failed)), [2], "`all_tools` does not say so of its own limit");
    assert!(given_back(Outcome::Unknown).is_empty());
    let left = gateway.call("{}").fields.1;
    assert_eq!(left, r#""c";r=6;t=60, "c";r=2;t=60, "d";r=3;t=60"#);
}

#[test]
fn a_ledger_that_names_what_it_was_not_sent_is_not_believed() {
    let mut gateway = Gateway::limiting(r#"{"counter":"a","window":"minute","max":5}"#);
    gateway.with("{}", |_, _, meter| {
        let denial = meter.settle(&Admission::Refused(Overrun { limit: 1, retry_after: 1 })).unwrap_err();
        assert_eq!(denial.reason, Reason::DeniedByRule);
    });
}
