//! Every form in which what is asked of people is stored, passed on, shown or written down, as one literal each. A change here needs
//! a plan for what is stored already.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{from_value, json};
use tollgate::ledger::{Answered, Approval, Approver, Decision, Entry, Held, Millis, Petition, Status};
use tollgate::registry::{Bearer, Name, Operator, Operators};

fn question() -> Approval {
    Approval {
        id: "ap_1_2".to_owned(),
        fingerprint: "f0".to_owned(),
        status: Status::Pending,
        asked_at: Millis(1_790_000_000_000),
        expires_at: Millis(1_790_000_900_000),
        ttl: 900_000,
        petition: Petition {
            grant: "g_1".to_owned(),
            label: "alice-laptop".to_owned(),
            server: "shop".to_owned(),
            method: "tools/call".to_owned(),
            name: "run".to_owned(),
            arguments: Some(r#"{"n":1.0}"#.to_owned()),
            rule: "/tools/run".to_owned(),
            reason: Some("It is looked at.".to_owned()),
            by: Approver::Operator,
            policy: "seed".to_owned(),
            stamp: "5e".to_owned(),
            site: "https://gateway.example".to_owned(),
            request_id: "r_1".to_owned(),
        },
        decision: None,
        used_by: None,
    }
}

fn decision() -> Decision {
    let (by, from, words) = ("ada".to_owned(), Some("192.0.2.7".to_owned()), Some("Seen.".to_owned()));
    Decision { yes: true, by, at: Millis(1_790_000_060_000), from, words }
}

#[test]
fn a_question_to_a_person() {
    let (asked, approved) = (question(), {
        let mut approval = question();
        approval.decide(decision(), Millis(1_790_000_060_000)).unwrap();
        approval
    });
    let petition = r#"["g_1","alice-laptop","shop","tools/call","run","{\"n\":1.0}","/tools/run","It is looked at.","operator","seed","5e","https://gateway.example","r_1"]"#;
    let stored = format!(r#"["ap_1_2","f0","pending",1790000000000,1790000900000,900000,{petition},null,null]"#);
    assert_eq!(serde_json::to_string(&asked).unwrap(), stored);
    let decided = r#"[true,"ada",1790000060000,"192.0.2.7","Seen."]"#;
    let answered =
        format!(r#"["ap_1_2","f0","approved",1790000000000,1790000960000,900000,{petition},{decided},null]"#);
    assert_eq!(serde_json::to_string(&approved).unwrap(), answered);
    let used = approved.clone().used_by("r_2");
    let written = format!(r#"["ap_1_2","f0","used",1790000000000,1790000960000,900000,{petition},{decided},"r_2"]"#);
    assert_eq!(serde_json::to_string(&used).unwrap(), written);
    for (approval, stored) in [(asked, stored), (approved, answered), (used, written)] {
        assert_eq!(serde_json::from_str::<Approval>(&stored).unwrap(), approval);
    }
    let statuses = [Status::Pending, Status::Approved, Status::Denied, Status::Used, Status::Expired, Status::Voided];
    assert_eq!(json!(statuses), json!(statuses.map(Status::as_str)));
    assert_eq!(json!(statuses), json!(["pending", "approved", "denied", "used", "expired", "voided"]));
    assert_eq!(json!([Approver::Operator, Approver::User]), json!(["operator", "user"]));
}

#[test]
fn a_question_as_operators_are_shown_it() {
    let mut approval = question();
    approval.decide(decision(), Millis(1_790_000_060_000)).unwrap();
    assert_eq!(
        approval.shown().unwrap(),
        r#"{"id":"ap_1_2","status":"approved","url":"https://gateway.example/approve/ap_1_2","grant":{"id":"g_1","label":"alice-laptop"},"server":"shop","method":"tools/call","name":"run","arguments":{"n":1.0},"rule":"/tools/run","reason":"It is looked at.","by":"operator","policy":{"name":"seed","stamp":"5e"},"asked_at":"2026-09-21T14:13:20.000Z","expires_at":"2026-09-21T14:29:20.000Z","decision":{"yes":true,"by":"ada","at":"2026-09-21T14:14:20.000Z","from":"192.0.2.7","reason":"Seen."},"used_by":null,"request_id":"r_1"}"#
    );
}

#[test]
fn what_the_audit_says_of_a_question() {
    let entry = |approval: &Approval, untold| {
        let answered = to_raw_value(&Answered::of(approval, untold)).unwrap();
        let entry = Entry { seq: 7, at: Millis(9), approval: Some(&answered), ..Entry::default() };
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry<'_>>(&text).unwrap().approval.map(RawValue::get), Some(answered.get()));
        text
    };
    assert_eq!(
        entry(&question(), Some(3)),
        r#"{"seq":7,"at":9,"approval":{"id":"ap_1_2","status":"pending","fingerprint":"f0","asked":"operator","expires_at":1790000900000,"untold":3}}"#
    );
    let mut approval = question();
    approval.decide(decision(), Millis(1_790_000_060_000)).unwrap();
    assert_eq!(
        entry(&approval.used_by("r_2"), None),
        r#"{"seq":7,"at":9,"approval":{"id":"ap_1_2","status":"used","fingerprint":"f0","asked":"operator","expires_at":1790000960000,"decision":{"yes":true,"by":"ada","at":"2026-09-21T14:14:20.000Z","from":"192.0.2.7","reason":"Seen."},"used_by":"r_2"}}"#
    );
}

#[test]
fn why_a_call_is_held() {
    let (id, expires_at) = ("ap_1_2".to_owned(), Millis(5));
    let held = [
        Held::Pending { id: id.clone(), expires_at, asked: true },
        Held::Denied { id, expires_at, words: None },
        Held::Crowded,
    ];
    let written = json!([
        { "pending": { "id": "ap_1_2", "expires_at": 5, "asked": true } },
        { "denied": { "id": "ap_1_2", "expires_at": 5, "words": null } },
        "crowded",
    ]);
    assert_eq!(json!(held), written);
    assert_eq!(from_value::<[Held; 3]>(written).unwrap(), held);
}

#[test]
fn the_operators() {
    let mut operators = Operators::default();
    let token = Bearer::of_operator([7; 32]);
    let operator = Operator { token: token.hash(), created_at: Millis(5) };
    assert!(operators.add(Name::read("ada").unwrap(), operator.clone()));
    assert!(!operators.add(Name::read("ada").unwrap(), operator), "a name is one person's");
    let stored = format!(r#"{{"ada":{{"token":"{}","created_at":5}}}}"#, token.hash().as_str());
    assert_eq!(serde_json::to_string(&operators).unwrap(), stored);
    assert_eq!(serde_json::from_str::<Operators>(&stored).unwrap(), operators);
    assert_eq!(token.reveal(), "to_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
    assert_eq!(operators.holder_of(&token.hash()).map(Name::as_str), Some("ada"));
    assert_eq!(operators.holder_of(&Bearer::of_operator([8; 32]).hash()), None);
}
