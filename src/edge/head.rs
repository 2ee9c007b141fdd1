//! What thinks for the Durable Object `Head`, one for each policy and server: the newest document and its stamp. KV
//! distributes what the heads say; a head is the truth, and the only place where two operators' edits meet.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::Promise;
use worker::{Env, Result};

use super::clock;
use super::object::{self, Database};
use super::store::Kind;
use crate::ledger::{Crowd, Millis};
use crate::registry::{Name, Stamp};

/// The binding of the class.
const BINDING: &str = "HEAD";

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
    /// None at all.
    None,
    /// This one, given that KV has `known` where the head has none (somebody wrote it with `wrangler kv key put`).
    Stamp { stamp: Stamp, known: Option<Stamp> },
}

/// What a head is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Get,
    /// Say which version is the newest; its document too, unless it is this one.
    Newest {
        but: Option<Stamp>,
    },
    Put {
        version: Version,
        expected: Expected,
    },
    Delete,
    /// Of a server: list this question of one of its grants, which waits until then.
    List(String, Millis, String),
    /// List it no more.
    Unlist(String),
    /// Of a server: give what its grants ask.
    Listed,
}

/// What a head says of its newest version to those who judge by it.
#[derive(Serialize, Deserialize)]
pub(super) struct Newest {
    /// None if there is no version here: KV may have one that somebody has put there by hand.
    pub(super) stamp: Option<Stamp>,
    /// Left out where it is known.
    pub(super) document: Option<String>,
    /// For how many milliseconds they may believe it.
    pub(super) good_for: u64,
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
    get_at(env, &kind.key(name)).await
}

/// The same of the document whose head is called by `key`.
pub(super) async fn get_at(env: &Env, key: &str) -> Result<Option<Version>> {
    object::ask(env, BINDING, key, &Order::Get).await
}

/// Asks which version is the newest: what comes back is for [`newest`].
pub(super) fn ask_newest(env: &Env, kind: Kind, name: &Name, but: Option<&Stamp>) -> Result<Promise> {
    object::send(env, BINDING, &kind.key(name), &Order::Newest { but: but.cloned() })
}

/// Reads what [`ask_newest`] has brought.
pub(super) fn newest(answer: &JsValue) -> Result<Newest> {
    object::answer(answer, BINDING)
}

/// Makes `version` the newest, if the one that it is based on still is.
pub(super) async fn put(env: &Env, kind: Kind, name: &Name, version: Version, expected: Expected) -> Result<Change> {
    put_at(env, &kind.key(name), version, expected).await
}

/// The same of the document whose head is called by `key`.
pub(super) async fn put_at(env: &Env, key: &str, version: Version, expected: Expected) -> Result<Change> {
    object::ask(env, BINDING, key, &Order::Put { version, expected }).await
}

/// Forgets the document.
pub(super) async fn delete(env: &Env, kind: Kind, name: &Name) -> Result<()> {
    object::ask(env, BINDING, &kind.key(name), &Order::Delete).await
}

/// Has a question listed that waits for a person.
pub(super) async fn list(env: &Env, server: &Name, id: &str, expires_at: Millis, listed: String) -> Result<()> {
    object::ask(env, BINDING, &Kind::Server.key(server), &Order::List(id.to_owned(), expires_at, listed)).await
}

/// Has it listed no more.
pub(super) async fn unlist(env: &Env, server: &Name, id: &str) -> Result<()> {
    object::ask(env, BINDING, &Kind::Server.key(server), &Order::Unlist(id.to_owned())).await
}

/// The questions of all grants of a server that wait for a person, oldest first, each as JSON.
pub(super) async fn listed(env: &Env, server: &Name) -> Result<Vec<String>> {
    object::ask(env, BINDING, &Kind::Server.key(server), &Order::Listed).await
}

/// The newest version of one document.
#[wasm_bindgen]
pub struct Head {
    database: Database,
    crowd: Cell<Crowd>,
}

/// Schema 1: at most one row, numbered 1. It is older than the numbers of schemas. 2: what grants of a server ask people.
const STEPS: [&[&str]; 2] = [
    &["CREATE TABLE IF NOT EXISTS newest
        (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, stamp TEXT NOT NULL)"],
    &["CREATE TABLE listed (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, listed TEXT NOT NULL)"],
];

#[wasm_bindgen]
impl Head {
    /// The head whose database is `sql`.
    #[wasm_bindgen(constructor)]
    pub fn new(_storage: JsValue, sql: JsValue, _env: Env) -> std::result::Result<Self, JsValue> {
        Ok(Self { database: Database::open(sql, &STEPS)?, crowd: Cell::default() })
    }

    /// Carries an order out, in one turn.
    pub fn ask(&self, _name: &str, order: &str) -> std::result::Result<String, JsValue> {
        Ok(self.carry_out(order)?)
    }
}

impl Head {
    fn carry_out(&self, order: &str) -> Result<String> {
        Ok(match serde_json::from_str(order)? {
            Order::Get => serde_json::to_string(&self.newest()?)?,
            Order::Newest { but } => {
                let good_for = self.good_for();
                // Nearly all who ask have the document, which may be large: it is not even read for them.
                let statement = "SELECT stamp, CASE stamp WHEN ? THEN NULL ELSE document END FROM newest";
                let rows: Vec<(Stamp, Option<String>)> = self.database.rows(statement, &(but,))?;
                let (stamp, document) = rows.into_iter().next().unzip();
                serde_json::to_string(&Newest { stamp, document: document.flatten(), good_for })?
            }
            Order::Put { version, expected } => serde_json::to_string(&self.put(&version, &expected)?)?,
            Order::Delete => done(self.database.run("DELETE FROM newest", &())?)?,
            Order::List(id, expires_at, listed) => {
                let statement = "INSERT OR REPLACE INTO listed (id, expires_at, listed) VALUES (?, ?, ?)";
                done(self.database.run(statement, &(id, expires_at, listed))?)?
            }
            Order::Unlist(id) => done(self.database.run("DELETE FROM listed WHERE id = ?", &(id,))?)?,
            Order::Listed => {
                let statement = "SELECT listed FROM listed WHERE expires_at > ? ORDER BY rowid";
                let rows: Vec<(String,)> = self.database.rows(statement, &(clock::now(),))?;
                serde_json::to_string(&rows.into_iter().map(|(listed,)| listed).collect::<Vec<_>>())?
            }
        })
    }

    /// For how long what this head says may be believed. It counts whoever asks.
    fn good_for(&self) -> u64 {
        let mut crowd = self.crowd.get();
        let good_for = crowd.asked(clock::now());
        self.crowd.set(crowd);
        good_for
    }

    fn newest(&self) -> Result<Option<Version>> {
        let rows: Vec<(String, Stamp)> = self.database.rows("SELECT document, stamp FROM newest", &())?;
        Ok(rows.into_iter().next().map(|(document, stamp)| Version { document, stamp }))
    }

    fn put(&self, version: &Version, expected: &Expected) -> Result<Change> {
        let newest = || Ok::<_, worker::Error>(self.newest()?.map(|version| version.stamp));
        let conflicts = match expected {
            Expected::Any => false,
            Expected::None => newest()?.is_some(),
            Expected::Stamp { stamp, known } => newest()?.as_ref().or(known.as_ref()) != Some(stamp),
        };
        if conflicts {
            return Ok(Change::Conflict);
        }
        self.database.run(
            "INSERT OR REPLACE INTO newest (one, document, stamp) VALUES (1, ?, ?)",
            &(&version.document, &version.stamp),
        )?;
        Ok(Change::Done)
    }
}

/// The answer where there is nothing to say.
fn done((): ()) -> Result<String> {
    Ok(serde_json::to_string(&())?)
}
