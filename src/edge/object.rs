//! What the Durable Objects have in common: a database that is migrated as it is opened, and one JSON answer to one JSON
//! order.

use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Error, Method, Request, RequestInit, Response, Result, SqlStorage, State};

/// Sends `order` to the object that bears `name`.
pub(super) async fn ask<A: DeserializeOwned>(
    env: &Env,
    namespace: &str,
    name: &str,
    order: &impl Serialize,
) -> Result<A> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(serde_json::to_string(order)?.into()));
    let request = Request::new_with_init("https://object/", &init)?;
    let mut response = env.durable_object(namespace)?.get_by_name(name)?.fetch_with_request(request).await?;
    match response.status_code() {
        200 => Ok(serde_json::from_str(&response.text().await?)?),
        status => Err(Error::from(format!("{namespace} answered {status}"))),
    }
}

/// The order of a request that [`ask`] sent.
pub(super) async fn order<O: DeserializeOwned>(mut request: Request) -> Result<O> {
    Ok(serde_json::from_str(&request.text().await?)?)
}

/// An object's answer.
pub(super) fn answer(answer: &impl Serialize) -> Result<Response> {
    Response::ok(serde_json::to_string(answer)?)
}

/// The database of an object. One that could not be migrated is not used.
pub(super) struct Database(Result<SqlStorage>);

impl Database {
    /// Opens it and brings its tables to what they are now. An object's constructor cannot fail, so the error waits.
    pub(super) fn open(state: &State, migrate: impl Fn(&SqlStorage) -> Result<()>) -> Self {
        let sql = state.storage().sql();
        Self(migrate(&sql).map(|()| sql))
    }

    pub(super) fn sql(&self) -> Result<&SqlStorage> {
        self.0.as_ref().map_err(|error| Error::from(error.to_string()))
    }
}
