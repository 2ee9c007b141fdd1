//! How the gateway talks to its Durable Objects: one JSON order, one JSON answer.

use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Error, Method, Request, RequestInit, Response, Result};

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
