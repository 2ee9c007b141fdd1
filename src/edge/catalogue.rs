//! Which tools an origin has: learnt from the lists that pass, else from one list of the gateway's own.

use std::cell::RefCell;
use std::rc::Rc;

use worker::{Result, console_error};

use super::clock;
use super::context::Context;
use super::origin::{Route, list_tools};
use super::store::Store;
use crate::ledger::Millis;
use crate::registry::Name;
use crate::wire::Catalogue;
use crate::wire::json::{Node, Object};

/// Milliseconds for which an origin is not asked again for a tool that it does not list.
const MOMENT: u64 = 5_000;

thread_local! {
    /// When this isolate has had a server's origin list its tools.
    static LISTED: RefCell<Vec<(Name, Millis)>> = const { RefCell::new(Vec::new()) };
}

/// Where the catalogue of one server is kept, and by whom it is asked for.
#[derive(Clone)]
pub(super) struct KnownTools {
    pub(super) store: Store,
    pub(super) server: Name,
    pub(super) context: Rc<Context>,
}

impl KnownTools {
    /// The catalogue, which has `tool` unless the origin does not, or did not a moment ago; none if the origin cannot be asked.
    pub(super) async fn with_tool(&self, tool: &str, route: &Route<'_>) -> Result<Option<Rc<Catalogue>>> {
        match self.store.catalogue(&self.server).await? {
            Some(catalogue) if catalogue.has(tool) || self.listed_lately() => Ok(Some(catalogue)),
            Some(_) | None => Ok(self.anew(route).await),
        }
    }

    /// Whether the origin has told its tools a moment ago: whoever calls one that it does not have is not to keep it listing them.
    fn listed_lately(&self) -> bool {
        LISTED.with_borrow(|listed| {
            listed.iter().any(|(server, at)| *server == self.server && clock::now().since(*at) < MOMENT)
        })
    }

    /// The catalogue as the origin tells it now; none if it does not.
    pub(super) async fn anew(&self, route: &Route<'_>) -> Option<Rc<Catalogue>> {
        match list_tools(route).await {
            Ok(catalogue) => {
                LISTED.with_borrow_mut(|listed| {
                    listed.retain(|(_, at)| clock::now().since(*at) < MOMENT);
                    listed.push((self.server.clone(), clock::now()));
                });
                let kept = Store::keep_catalogue(&self.server, catalogue);
                self.distribute(Rc::clone(&kept));
                Some(kept)
            }
            Err(error) => {
                console_error!("the tools of {} cannot be listed: {error}", self.server);
                None
            }
        }
    }

    /// Adds the tools of a list that passes to what is known, and distributes it if that is news. The same list as last time
    /// is none, and is not read again.
    pub(super) fn learn(&self, answer: &Object<'_>) {
        let list = answer.get("result").and_then(Node::as_object).and_then(|result| result.get("tools"));
        let Some(list) = list.filter(|list| !Store::has_learnt(&self.server, list.text)) else { return };
        let (tools, page, list) = (self.clone(), Catalogue::of_answer(answer), list.text.to_owned());
        self.context.wait_until(async move {
            match tools.store.catalogue(&tools.server).await {
                Ok(known) => {
                    let mut grown = known.as_deref().cloned().unwrap_or_default();
                    if grown.add(page) || known.is_none() {
                        tools.distribute(Store::keep_catalogue(&tools.server, grown));
                    }
                    Store::keep_learnt(&tools.server, list);
                }
                Err(error) => console_error!("the catalogue of {} cannot be read: {error}", tools.server),
            }
        });
    }

    /// Tells the other isolates, after the answer. They can ask the origin themselves, so a failure is only logged.
    fn distribute(&self, catalogue: Rc<Catalogue>) {
        let (store, server) = (self.store.clone(), self.server.clone());
        self.context.wait_until(async move {
            if let Err(error) = store.put_catalogue(&server, &catalogue).await {
                console_error!("the catalogue of {server} cannot be distributed: {error}");
            }
        });
    }
}
