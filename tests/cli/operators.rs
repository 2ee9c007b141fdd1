//! `tollgate operators`. With a real gateway: `tests/e2e/cli-approvals.test.mjs`.

use serde_json::json;

use crate::origin::{Answer, Asked, Origin};
use crate::process::{Folder, Ran};

fn before(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static, args: &[&str]) -> (Ran, Vec<Asked>) {
    let gateway = Origin::start(answer);
    let ran = Folder::new().run_as(gateway.site(), "admin-secret", args);
    (ran, gateway.asked())
}

#[test]
fn a_new_token_stands_alone_on_standard_output() {
    let answer = |_: &Asked| Answer::json(201, json!({ "name": "ada", "token": "to_AAA" }));
    let (ran, asked) = before(answer, &["operators", "add", "ada"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "to_AAA\n"));
    assert!(ran.stderr.starts_with("`ada` is an operator. The token is shown this once"), "{}", ran.stderr);
    assert_eq!((asked[0].path(), &asked[0].message), ("/api/v1/operators", &json!({ "name": "ada" })));
}

#[test]
fn operators_are_listed_and_taken_out_by_name() {
    let one = json!({ "operators": [{ "name": "ada", "created_at": "2026-01-26T08:25:00.000Z" }] });
    let (ran, _) = before(move |_| Answer::json(200, one.clone()), &["operators", "list"]);
    assert_eq!(ran.quietly(0).stdout, "NAME  SINCE\nada   2026-01-26T08:25:00.000Z\n");
    let (ran, _) = before(|_| Answer::json(200, json!({ "operators": [] })), &["operators", "list"]);
    assert!(ran.quietly(0).stdout.starts_with("There are no operators"));
    let (ran, asked) =
        before(|_| Answer::json(200, json!({ "name": "ada", "deleted": true })), &["operators", "remove", "ada"]);
    assert_eq!(ran.quietly(0).stdout, "`ada` is no operator any more.\n");
    assert_eq!((asked[0].http.as_str(), asked[0].path()), ("delete", "/api/v1/operators/ada"));
}

#[test]
fn a_name_that_is_none_reaches_no_gateway() {
    for name in ["", "Ada", "a/b", "../grants", "a?b"] {
        let (ran, asked) = before(|_| Answer::empty(200), &["operators", "remove", name]);
        assert_eq!((ran.code, asked.len()), (2, 0), "{name}");
        assert!(ran.stderr.contains("is no name: a name is 1 to 63 characters"), "{}", ran.stderr);
    }
}

#[test]
fn a_token_that_is_no_admin_secret_is_told_so() {
    let refused = |_: &Asked| {
        Answer::json(401, json!({ "error": { "code": "unauthorized", "message": "show the admin secret" } }))
    };
    let (ran, _) = before(refused, &["operators", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("It wants the admin secret"), "{}", ran.stderr);
}
