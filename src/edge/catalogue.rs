//! Which tools an origin has: learnt from the lists that pass, else from one list of the gateway's own.

use std::rc::Rc;

use worker::{Context, Result, console_error};

use super::origin::{Route, list_tools};
use super::store::Store;
use crate::registry::Name;
use crate::wire::Catalogue;

/// The catalogue of `server`, which has `tool` unless the origin does not; none if the origin cannot be asked.
pub(super) async fn with_tool(
    store: &Store,
    server: &Name,
    tool: &str,
    route: &Route<'_>,
    context: &Context,
) -> Result<Option<Rc<Catalogue>>> {
    match store.catalogue(server, context).await? {
        Some(catalogue) if catalogue.has(tool) => Ok(Some(catalogue)),
        Some(_) | None => anew(store, server, route).await,
    }
}

/// The catalogue as the origin tells it now; none if it does not.
pub(super) async fn anew(store: &Store, server: &Name, route: &Route<'_>) -> Result<Option<Rc<Catalogue>>> {
    match list_tools(route).await {
        Ok(catalogue) => store.put_catalogue(server, catalogue).await.map(Some),
        Err(error) => {
            console_error!("the tools of {server} cannot be listed: {error}");
            Ok(None)
        }
    }
}

/// Adds a page of a list that passes to what is known, and distributes it if that is news.
pub(super) fn learn(store: &Store, server: &Name, page: Catalogue, context: &Context) {
    let Some(grown) = Store::grown_catalogue(server, page) else { return };
    let (store, server) = (store.clone(), server.clone());
    context.wait_until(async move {
        if let Err(error) = store.put_catalogue(&server, grown).await {
            console_error!("the catalogue of {server} cannot be kept: {error}");
        }
    });
}
