//! The Durable Object `Ledger`, one for each grant, and how the gateway asks it.
//!
//! An object runs one event at a time, and no other begins while it waits for its own storage. The step below waits for
//! nothing: it loads the counters, charges them and stores them in one turn, and SQLite commits the turn's writes as one
//! transaction before the answer leaves (the platform's output gate). So two calls can never spend the same budget, and
//! what was admitted is durable before anybody hears of it.

use serde::{Deserialize, Serialize};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, SqlStorage, SqlStorageValue, State, durable_object,
    wasm_bindgen,
};

use super::clock;
use super::object::{self, Database};
use crate::ledger::{Admission, Charge, Counters, Sliding, charge};

/// The binding of the class.
const NAMESPACE: &str = "LEDGER";

/// The tables as they are now. A change of them is a new number and a step in [`Ledger::migrate`].
const SCHEMA: i64 = 1;

/// What a ledger is asked to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Charge one call to all of these limits, or to none.
    Charge(Vec<Charge>),
    /// The grant is worth nothing from now on.
    Revoke,
}

/// Charges one call to the ledger of `grant`.
pub(super) async fn ask(env: &Env, grant: &str, charges: Vec<Charge>) -> Result<Admission> {
    object::ask(env, NAMESPACE, grant, &Order::Charge(charges)).await
}

/// Revokes `grant` where its metered calls are admitted: it holds from the next one on.
pub(super) async fn revoke(env: &Env, grant: &str) -> Result<()> {
    object::ask(env, NAMESPACE, grant, &Order::Revoke).await
}

/// What one grant has used.
#[durable_object(fetch)]
pub struct Ledger {
    database: Database,
}

impl DurableObject for Ledger {
    fn new(state: State, _env: Env) -> Self {
        Self { database: Database::open(&state, Self::migrate) }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let order = object::order(request).await?;
        let sql = self.database.sql()?;
        // From here on nothing waits: read, step and write are one turn.
        match order {
            Order::Charge(charges) => object::answer(&Self::charge(sql, &charges)?),
            Order::Revoke => {
                sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES ('revoked', 1)", None)?;
                object::answer(&())
            }
        }
    }
}

impl Ledger {
    fn migrate(sql: &SqlStorage) -> Result<()> {
        sql.exec("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL)", None)?;
        match fact(sql, "schema")? {
            Some(SCHEMA) => Ok(()),
            None => {
                sql.exec("CREATE TABLE counters (identity TEXT PRIMARY KEY, grains BLOB NOT NULL)", None)?;
                sql.exec("INSERT INTO facts (name, value) VALUES ('schema', ?)", vec![SCHEMA.into()])?;
                Ok(())
            }
            Some(newer) => Err(Error::from(format!("this ledger was written by a newer gateway (schema {newer})"))),
        }
    }

    fn charge(sql: &SqlStorage, charges: &[Charge]) -> Result<Admission> {
        if fact(sql, "revoked")?.is_some() {
            return Ok(Admission::Revoked);
        }
        let mut counters = Self::load(sql, charges)?;
        let admission = charge(charges, &mut counters, clock::now());
        if let Admission::Admitted(_) = admission {
            Self::store(sql, counters)?;
        }
        Ok(admission)
    }

    fn load(sql: &SqlStorage, charges: &[Charge]) -> Result<Counters> {
        let mut counters = Counters::new();
        for charge in charges {
            let identity = charge.identity();
            let row = sql.exec("SELECT grains FROM counters WHERE identity = ?", vec![identity.as_str().into()])?;
            let Some(columns) = row.raw().next().transpose()? else { continue };
            let [SqlStorageValue::Blob(grains)] = columns.as_slice() else {
                return Err(Error::from(format!("the counter `{identity}` is stored as something else")));
            };
            let counter = Sliding::from_bytes(grains)
                .map_err(|_| Error::from(format!("the counter `{identity}` cannot be read")))?;
            counters.insert(identity, counter);
        }
        Ok(counters)
    }

    fn store(sql: &SqlStorage, counters: Counters) -> Result<()> {
        for (identity, counter) in counters {
            sql.exec(
                "INSERT OR REPLACE INTO counters (identity, grains) VALUES (?, ?)",
                vec![identity.into(), counter.to_bytes().into()],
            )?;
        }
        Ok(())
    }
}

/// A whole number that the ledger keeps beside its counters.
fn fact(sql: &SqlStorage, name: &str) -> Result<Option<i64>> {
    let row = sql.exec("SELECT value FROM facts WHERE name = ?", vec![name.into()])?;
    match row.raw().next().transpose()?.as_deref() {
        None => Ok(None),
        Some([SqlStorageValue::Integer(value)]) => Ok(Some(*value)),
        Some(_) => Err(Error::from(format!("the fact `{name}` is stored as something else"))),
    }
}
