//! What thinks for the Durable Object `Ledger`, one for each grant, and how the gateway asks it.
//!
//! An object runs one event at a time, and no other begins while it waits for its own storage. The step below waits for
//! nothing: it charges the counters and writes the decision in one turn, and SQLite commits the turn's writes as one
//! transaction before the answer leaves (the platform's output gate). So two calls can never spend the same budget, and
//! what was admitted is durable before anybody hears of it.
//!
//! The decisions are the truth: each row names what it charged. An admitted call writes that one row and nothing else; the
//! counters are written at every [`CHECKPOINT_EVERY`]th row, and an object that wakes up charges anew what came after.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, Error, Result};

use super::clock;
use super::object::{self, Database};
use crate::ledger::{Admission, Charge, Counters, Decision, Millis, Sliding, charge, record};

/// The binding of the class.
const BINDING: &str = "LEDGER";

/// How many decisions are charged anew, at most, when an object wakes up.
const CHECKPOINT_EVERY: u64 = 64;

/// The tables, schema by schema.
const STEPS: [&[&str]; 2] = [
    // 1: what has been used lately, by `Charge::identity`.
    &["CREATE TABLE counters (identity TEXT PRIMARY KEY, grains BLOB NOT NULL)"],
    // 2: the decisions. `at` is the ledger's time; `charges` is a JSON array of `Charge`.
    &["CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, server TEXT NOT NULL, method TEXT NOT NULL,
        tool TEXT NOT NULL, ruling TEXT NOT NULL, rule TEXT NOT NULL, policy TEXT NOT NULL, stamp TEXT NOT NULL,
        argument_keys TEXT NOT NULL, arguments_sha256 TEXT NOT NULL, charges TEXT NOT NULL)"],
];

/// What a ledger is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order<'o> {
    /// Charge one call to all of these limits and write the decision down, or neither.
    Charge {
        charges: Vec<Charge>,
        #[serde(borrow)]
        decision: Decision<'o>,
    },
    /// The grant is worth nothing from now on.
    Revoke,
}

/// Charges one call to the ledger of `grant`.
pub(super) async fn ask(env: &Env, grant: &str, charges: Vec<Charge>, decision: Decision<'_>) -> Result<Admission> {
    object::ask(env, BINDING, grant, &Order::Charge { charges, decision }).await
}

/// Revokes `grant` where its metered calls are admitted: it holds from the next one on.
pub(super) async fn revoke(env: &Env, grant: &str) -> Result<()> {
    object::ask(env, BINDING, grant, &Order::Revoke).await
}

/// What one grant has used.
#[wasm_bindgen]
pub struct Ledger {
    database: Database,
    /// What the database says, while the object is awake.
    book: RefCell<Option<Book>>,
}

struct Book {
    revoked: bool,
    counters: Counters,
    /// The number and the time of the newest decision.
    newest: (u64, Millis),
}

#[wasm_bindgen]
impl Ledger {
    /// The ledger whose database is `sql`.
    #[wasm_bindgen(constructor)]
    pub fn new(sql: JsValue) -> std::result::Result<Self, JsValue> {
        Ok(Self { database: Database::open(sql, &STEPS)?, book: RefCell::new(None) })
    }

    /// Carries an order out, in one turn.
    pub fn ask(&self, order: &str) -> std::result::Result<String, JsValue> {
        Ok(self.carry_out(order)?)
    }
}

impl Ledger {
    fn carry_out(&self, order: &str) -> Result<String> {
        // The book is taken, and put back when all is written: whatever fails in between, it never says what the database
        // does not.
        let taken = self.book.borrow_mut().take();
        let mut book = match taken {
            Some(book) => book,
            None => Book::load(&self.database)?,
        };
        let answer = match serde_json::from_str(order)? {
            Order::Charge { .. } if book.revoked => serde_json::to_string(&Admission::Revoked)?,
            Order::Charge { charges, decision } => {
                serde_json::to_string(&book.charge(&self.database, &charges, &decision)?)?
            }
            Order::Revoke => {
                self.database.set_fact("revoked", 1)?;
                book.revoked = true;
                serde_json::to_string(&())?
            }
        };
        *self.book.borrow_mut() = Some(book);
        Ok(answer)
    }
}

impl Book {
    fn load(database: &Database) -> Result<Self> {
        let mut counters = Counters::new();
        for (identity, grains) in
            database.rows::<(String, String)>("SELECT identity, hex(grains) FROM counters", &())?
        {
            let counter = Sliding::from_hex(&grains)
                .map_err(|_| Error::from(format!("the counter `{identity}` cannot be read")))?;
            counters.insert(identity, counter);
        }
        let seen = database.fact("checkpoint")?.unwrap_or(0);
        let mut newest = (seen, Millis(0));
        let after = "SELECT seq, at, charges FROM decisions WHERE seq >= ? ORDER BY seq";
        for (seq, at, charges) in database.rows::<(u64, Millis, String)>(after, &(seen,))? {
            if seq > seen {
                record(&serde_json::from_str::<Vec<Charge>>(&charges)?, &mut counters, at);
            }
            newest = (seq, at);
        }
        Ok(Self { revoked: database.fact("revoked")?.is_some(), counters, newest })
    }

    fn charge(&mut self, database: &Database, charges: &[Charge], decision: &Decision<'_>) -> Result<Admission> {
        let (seq, last) = self.newest;
        let (seq, now) = (seq + 1, clock::now().max(last));
        let admission = charge(charges, &mut self.counters, now);
        if let Admission::Admitted(_) = admission {
            database.run(
                "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                &decision.row(seq, now, &serde_json::to_string(charges)?),
            )?;
            self.newest = (seq, now);
            if seq % CHECKPOINT_EVERY == 0 {
                self.checkpoint(database)?;
            }
        }
        Ok(admission)
    }

    /// Writes the counters down. The fact comes last: if something failed before it, decisions would be charged twice, and
    /// nobody would get more than his budget.
    fn checkpoint(&self, database: &Database) -> Result<()> {
        for (identity, counter) in &self.counters {
            let statement = "INSERT OR REPLACE INTO counters (identity, grains) VALUES (?, unhex(?))";
            database.run(statement, &(identity, counter.to_hex()))?;
        }
        database.set_fact("checkpoint", self.newest.0)
    }
}
