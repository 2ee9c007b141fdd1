//! The Durable Object `Head`, one for each policy and server: the newest document and its stamp. KV distributes what
//! the heads say; a head is the truth, and the only place where two operators' edits meet.

use serde::{Deserialize, Serialize};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object,
    wasm_bindgen,
};

use super::object::{self, Database};
use super::store::Kind;
use crate::registry::{Name, Stamp};

/// The binding of the class.
const NAMESPACE: &str = "HEAD";

/// A document and its stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) document: String,
    pub(super) stamp: Stamp,
}

/// Which version a change is based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Expected {
    /// Whichever there is, or none.
    Any,
    /// This one, given that KV has `known` where the head has none (somebody wrote it with `wrangler kv key put`).
    Stamp { stamp: Stamp, known: Option<Stamp> },
}

/// What a head is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Get,
    Put { version: Version, expected: Expected },
    Delete,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// It is the newest version now.
    Done,
    /// Another version was the newest.
    Conflict,
}

/// The newest version of a document, if there is one.
pub(super) async fn get(env: &Env, kind: Kind, name: &Name) -> Result<Option<Version>> {
    object::ask(env, NAMESPACE, &kind.key(name), &Order::Get).await
}

/// Makes `version` the newest, if the one that it is based on still is.
pub(super) async fn put(env: &Env, kind: Kind, name: &Name, version: Version, expected: Expected) -> Result<Change> {
    object::ask(env, NAMESPACE, &kind.key(name), &Order::Put { version, expected }).await
}

/// Forgets the document.
pub(super) async fn delete(env: &Env, kind: Kind, name: &Name) -> Result<()> {
    object::ask(env, NAMESPACE, &kind.key(name), &Order::Delete).await
}

/// The newest version of one document.
#[durable_object(fetch)]
pub struct Head {
    database: Database,
}

impl DurableObject for Head {
    fn new(state: State, _env: Env) -> Self {
        Self { database: Database::open(&state, Self::migrate) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let order = object::order(request).await?;
        let sql = self.database.sql()?;
        match order {
            Order::Get => object::answer(&Self::newest(sql)?),
            Order::Put { version, expected } => object::answer(&Self::put(sql, version, &expected)?),
            Order::Delete => {
                sql.exec("DELETE FROM newest", None)?;
                object::answer(&())
            }
        }
    }
}

impl Head {
    /// Schema 1: at most one row, numbered 1.
    fn migrate(sql: &SqlStorage) -> Result<()> {
        sql.exec(
            "CREATE TABLE IF NOT EXISTS newest
             (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, stamp TEXT NOT NULL)",
            None,
        )
        .map(drop)
    }

    fn newest(sql: &SqlStorage) -> Result<Option<Version>> {
        let row = sql.exec("SELECT document, stamp FROM newest", None)?;
        match row.raw().next().transpose()?.as_deref() {
            None => Ok(None),
            Some([SqlStorageValue::String(document), SqlStorageValue::String(stamp)]) => {
                Ok(Some(Version { document: document.clone(), stamp: Stamp::claimed(stamp) }))
            }
            Some(_) => Err(Error::from("the newest version is stored as something else")),
        }
    }

    fn put(sql: &SqlStorage, version: Version, expected: &Expected) -> Result<Change> {
        if let Expected::Stamp { stamp, known } = expected {
            let newest = Self::newest(sql)?.map(|version| version.stamp);
            if newest.as_ref().or(known.as_ref()) != Some(stamp) {
                return Ok(Change::Conflict);
            }
        }
        sql.exec(
            "INSERT OR REPLACE INTO newest (one, document, stamp) VALUES (1, ?, ?)",
            vec![version.document.into(), version.stamp.as_str().into()],
        )?;
        Ok(Change::Done)
    }
}
