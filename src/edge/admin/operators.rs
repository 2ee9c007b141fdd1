//! `/api/v1/operators`: who may answer what agents ask.

use serde_json::json;

use super::documents::{document, named};
use super::{Answered, Call, Problem};
use crate::edge::random::random;
use crate::edge::{clock, operators, reply};
use crate::registry::{Bearer, Operator, operator_name};

/// The most bytes of a request.
const MAX_DOCUMENT: usize = 4 * 1024;

pub(super) async fn list(call: Call<'_>) -> Answered {
    let (operators, _) = operators::all(call.env).await?;
    let shown =
        |(name, operator): (_, &Operator)| json!({ "name": name, "created_at": operator.created_at.timestamp() });
    Ok(reply::json(200, &json!({ "operators": operators.iter().map(shown).collect::<Vec<_>>() })))
}

/// The token is shown once.
pub(super) async fn create(call: Call<'_>) -> Answered {
    let name = operator_name(&document(&call.body(MAX_DOCUMENT).await?)?)?;
    let token = Bearer::of_operator(random()?);
    let operator = Operator { token: token.hash(), created_at: clock::now() };
    if operators::change(call.env, |all| all.add(name.clone(), operator.clone())).await? {
        return Ok(reply::json(201, &json!({ "name": name, "token": token.reveal() })));
    }
    Err(Problem::InUse(format!("there is an operator `{name}` already: DELETE it first, for a new token")))
}

pub(super) async fn delete(call: Call<'_>, name: &str) -> Answered {
    let name = named(name)?;
    if operators::change(call.env, |all| all.remove(&name)).await? {
        return Ok(reply::json(200, &json!({ "name": name, "deleted": true })));
    }
    Err(Problem::NotFound(format!("there is no operator `{name}`")))
}
