//! Policies and servers in the store.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use worker::{Error, Result};

use super::memory::{Cache, remembered};
use super::{Page, Store};
use crate::edge::clock;
use crate::edge::context::Context;
use crate::edge::head::{self, Version};
use crate::policy::Edition;
use crate::registry::{Name, Server, Stamp};

thread_local! {
    static SERVERS: Cache<Registered> = const { Cache::new() };
    static EDITIONS: Cache<Edition> = const { Cache::new() };
}

/// Which kind of document a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::edge) enum Kind {
    Policy,
    Server,
}

/// A server, and the version of its document.
pub(in crate::edge) struct Registered {
    pub(in crate::edge) record: Server,
    pub(in crate::edge) stamp: Stamp,
}

/// The metadata of a document.
#[derive(Serialize, Deserialize)]
struct DocumentMetadata {
    stamp: Stamp,
}

impl Kind {
    /// The key of a document, which is also the name of its head.
    pub(in crate::edge) fn key(self, name: &Name) -> String {
        format!("{}{name}", self.prefix())
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Policy => "policy/",
            Self::Server => "server/",
        }
    }
}

impl Store {
    /// The newest version of a document: the head's or, for a name without a head, the one that somebody put into KV.
    pub(in crate::edge) async fn newest(&self, kind: Kind, name: &Name) -> Result<Option<Version>> {
        if let Some(version) = head::get(&self.env, kind, name).await? {
            return Ok(Some(version));
        }
        let document = self.document(kind, name).await?;
        Ok(document.map(|document| Version { stamp: Stamp::of(document.as_bytes()), document }))
    }

    /// The server of this name.
    pub(in crate::edge) async fn server(&self, name: &Name, context: &Context) -> Result<Option<Rc<Registered>>> {
        let store = self.clone();
        let name = name.clone();
        remembered(&SERVERS, name.as_str().to_owned(), context, async move || {
            let Some(document) = store.document(Kind::Server, &name).await? else { return Ok(None) };
            let stamp = Stamp::of(document.as_bytes());
            let record = Server::parse(document.as_bytes());
            let record = record.map_err(|_| Error::from(format!("the document of server {name} cannot be read")))?;
            Ok(Some(Registered { record, stamp }))
        })
        .await
    }

    /// The edition of a policy that is in force; a missing one is an edition too.
    pub(in crate::edge) async fn edition(&self, name: &Name, context: &Context) -> Result<Rc<Edition>> {
        let store = self.clone();
        let name = name.clone();
        let edition = remembered(&EDITIONS, name.as_str().to_owned(), context, async move || {
            let document = store.document(Kind::Policy, &name).await?;
            Ok(Some(document.map_or(Edition::Missing, |document| Edition::of(document.as_bytes()))))
        });
        edition.await.map(|edition| edition.unwrap_or_else(|| Rc::new(Edition::Missing)))
    }

    /// Remembers what a server is now, in this isolate.
    pub(in crate::edge) fn keep_server(name: &Name, server: Registered) -> Rc<Registered> {
        SERVERS.with(|servers| servers.put(name.as_str(), server, clock::now()))
    }

    /// Remembers which edition of a policy is in force, in this isolate.
    pub(in crate::edge) fn keep_edition(name: &Name, edition: Edition) -> Rc<Edition> {
        EDITIONS.with(|editions| editions.put(name.as_str(), edition, clock::now()))
    }

    /// A document as it is stored.
    pub(in crate::edge) async fn document(&self, kind: Kind, name: &Name) -> Result<Option<String>> {
        self.remembered(&kind.key(name)).await
    }

    /// Distributes a document.
    pub(in crate::edge) async fn put_document(
        &self,
        kind: Kind,
        name: &Name,
        document: &str,
        stamp: &Stamp,
    ) -> Result<()> {
        let metadata = DocumentMetadata { stamp: stamp.clone() };
        self.keep_with(&kind.key(name), document, &metadata).await?;
        forget(kind, name);
        Ok(())
    }

    /// Withdraws a document.
    pub(in crate::edge) async fn delete_document(&self, kind: Kind, name: &Name) -> Result<()> {
        self.forget(&kind.key(name)).await?;
        forget(kind, name);
        Ok(())
    }

    /// The names of all documents of a kind, with their stamps where the metadata has one.
    pub(in crate::edge) async fn documents(
        &self,
        kind: Kind,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<Page<(Name, Option<Stamp>)>> {
        let page = self.keys::<DocumentMetadata>(kind.prefix(), limit, cursor).await?;
        let named = |(name, metadata): (String, Option<DocumentMetadata>)| {
            Name::read(&name).map(|name| (name, metadata.map(|metadata| metadata.stamp)))
        };
        Ok(Page { items: page.items.into_iter().filter_map(named).collect(), cursor: page.cursor })
    }
}

fn forget(kind: Kind, name: &Name) {
    match kind {
        Kind::Policy => EDITIONS.with(|editions| editions.forget(name.as_str())),
        Kind::Server => SERVERS.with(|servers| servers.forget(name.as_str())),
    }
}
