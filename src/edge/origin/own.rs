//! The one request that the gateway makes for itself: which tools are there, in the modern era.

use web_sys::Response;
use worker::{Error, Result};

use super::whole::whole;
use super::{Fetched, Outbound, Route, fetch};
use crate::edge::settings::Patience;
use crate::wire::sse::{Frame, Splitter};
use crate::wire::{Catalogue, Page, tools_list};

/// An origin that never ends its list is not believed.
const MOST_PAGES: usize = 50;

/// Every tool of the origin.
pub(in crate::edge) async fn list_tools(route: &Route<'_>) -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let page = page(route, cursor.as_deref()).await?;
        catalogue.add(page.tools);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(catalogue);
        }
    }
    Err(Error::from("the origin's list of tools has no end"))
}

async fn page(route: &Route<'_>, cursor: Option<&str>) -> Result<Page> {
    match fetch(route, &Outbound::own(&tools_list(cursor))).await? {
        Fetched::Response(response) => {
            let answer = answer(&response, route.patience).await?;
            Page::read(&answer).ok_or_else(|| Error::from("the origin's list of tools cannot be read"))
        }
        Fetched::Late => Err(Error::from("the origin has not listed its tools in time")),
        Fetched::Failed(error) => Err(error),
    }
}

/// The answer, alone or as the last event of a stream.
async fn answer(response: &Response, patience: Patience) -> Result<String> {
    let is_stream = response.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("text/event-stream"));
    let body = whole(response, patience)
        .await
        .map_err(|unread| Error::from(format!("the origin's list of tools cannot be read: {unread:?}")))?;
    if !is_stream {
        return String::from_utf8(body).map_err(|error| Error::from(error.to_string()));
    }
    let mut frames = Vec::new();
    let split = Splitter::default().push(&body, &mut frames);
    split.map_err(|_| Error::from("the origin's list is no stream of events"))?;
    let last = frames.into_iter().rev().find_map(|frame| match frame {
        Frame::Event(event) => event.data,
        Frame::Comment => None,
    });
    last.ok_or_else(|| Error::from("the origin's stream has no event"))
}
