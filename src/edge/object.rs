//! What the Durable Objects have in common: one JSON answer to one JSON order, and a database that is migrated as it is
//! opened. The classes themselves are in `entry.js`; they hand each order to the type that thinks for them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::js_sys::Promise;
use worker::{Env, Error, Result};

use super::platform;
use super::task::settled;

/// Sends `order` to the object of the class behind `binding` that bears `name`.
pub(super) async fn ask<A: DeserializeOwned>(
    env: &Env,
    binding: &str,
    name: &str,
    order: &impl Serialize,
) -> Result<A> {
    answer(&settled(send(env, binding, name, order)?).await?, binding)
}

/// Sends `order`; what comes back is for [`answer`].
pub(super) fn send(env: &Env, binding: &str, name: &str, order: &impl Serialize) -> Result<Promise> {
    Ok(platform::ask(env, binding, name, &serde_json::to_string(order)?))
}

/// Reads what an object of the class behind `binding` has answered.
pub(super) fn answer<A: DeserializeOwned>(answer: &JsValue, binding: &str) -> Result<A> {
    let answer = answer.as_string().ok_or_else(|| Error::from(format!("{binding} gave no answer")))?;
    Ok(serde_json::from_str(&answer)?)
}

/// The database of an object.
pub(super) struct Database {
    sql: JsValue,
}

impl Database {
    /// Opens it and brings its tables to what they are now: each step is what its schema number adds to the one before, and
    /// a new database takes them all.
    pub(super) fn open(sql: JsValue, steps: &[&[&str]]) -> Result<Self> {
        let database = Self { sql };
        database.run("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL)", &())?;
        let schema = database.fact("schema")?.unwrap_or(0);
        let missing = usize::try_from(schema).ok().and_then(|schema| steps.get(schema..));
        let missing = missing.ok_or_else(|| Error::from(format!("written by a newer gateway (schema {schema})")))?;
        for (number, statements) in (schema + 1..).zip(missing) {
            for statement in *statements {
                database.run(statement, &())?;
            }
            database.set_fact("schema", number)?;
        }
        Ok(database)
    }

    /// Runs a statement that gives no rows.
    pub(super) fn run(&self, statement: &str, parameters: &impl Serialize) -> Result<()> {
        Ok(platform::run(&self.sql, statement, &array(parameters)?)?)
    }

    /// Runs a statement; gives its rows, each as a tuple.
    pub(super) fn rows<R: DeserializeOwned>(&self, statement: &str, parameters: &impl Serialize) -> Result<Vec<R>> {
        Ok(serde_json::from_str(&platform::rows(&self.sql, statement, &array(parameters)?)?)?)
    }

    /// A whole number that is kept beside the tables.
    pub(super) fn fact(&self, name: &str) -> Result<Option<u64>> {
        let rows: Vec<(u64,)> = self.rows("SELECT value FROM facts WHERE name = ?", &(name,))?;
        Ok(rows.first().map(|(value,)| *value))
    }

    pub(super) fn forget_fact(&self, name: &str) -> Result<()> {
        self.run("DELETE FROM facts WHERE name = ?", &(name,))
    }

    pub(super) fn set_fact(&self, name: &str, value: u64) -> Result<()> {
        self.run("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", &(name, value))
    }
}

/// The parameters of a statement as a JSON array; `()` is none.
fn array(parameters: &impl Serialize) -> Result<String> {
    let array = serde_json::to_string(parameters)?;
    Ok(if array == "null" { "[]".to_owned() } else { array })
}
