//! What thinks for the Durable Object `Ledger`, one for each grant, and one for each server that has a limit of that scope.
//!
//! An object runs one event at a time, and no other begins while it waits for its own storage. What charges a call waits for
//! nothing: it asks the account and writes the entry in one turn, and SQLite commits the turn's writes as one transaction before
//! the answer leaves (the platform's output gate). So two calls can never spend the same budget, and what was admitted is durable
//! before anybody hears of it. It waits before that, for its heads or for the ledger of the server, and others take their turns
//! meanwhile; what they may have changed is looked at anew after the wait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, Error, Result};

use super::book::Book;
use super::heads::Heads;
use super::order::{Order, Used};
use super::server::ServerSaid;
use super::tables::{STEPS, text};
use crate::edge::object::Database;
use crate::edge::settings::Settings;
use crate::edge::{clock, keys, task};
use crate::ledger::{Entry, Millis};

/// What one grant, or one server, has used.
#[wasm_bindgen]
pub struct Ledger {
    mind: Rc<Mind>,
}

pub(super) struct Mind {
    pub(super) env: Env,
    pub(super) storage: JsValue,
    pub(super) database: Database,
    /// What the database says, while the object is awake.
    book: RefCell<Option<Book>>,
    pub(super) heads: Heads,
    /// How many calls wait.
    pub(super) waiting: Cell<usize>,
    /// The calls that wait for the ledger of the server, by their reservations.
    pub(super) parted: RefCell<Vec<String>>,
    /// What the ledger of the server has said last.
    pub(super) server: RefCell<ServerSaid>,
    /// When the object is to be woken up, in milliseconds since the Unix epoch; zero if that is not known.
    pub(super) alarm: Cell<u64>,
}

#[wasm_bindgen]
impl Ledger {
    /// The ledger whose storage this is.
    #[wasm_bindgen(constructor)]
    pub fn new(storage: JsValue, sql: JsValue, env: Env) -> std::result::Result<Self, JsValue> {
        let database = Database::open(sql, &STEPS)?;
        let heads = Heads::new(env.clone());
        let (book, waiting) = (RefCell::new(None), Cell::new(0));
        let (parted, server, alarm) = (RefCell::default(), RefCell::default(), Cell::new(0));
        Ok(Self { mind: Rc::new(Mind { env, storage, database, book, heads, waiting, parted, server, alarm }) })
    }

    /// Carries an order out. Gives the answer, or the promise of it; an error where it fails.
    pub fn ask(&self, name: String, order: String) -> JsValue {
        let mind = Rc::clone(&self.mind);
        task::start(async move { said(mind.carry_out(&name, &order).await) })
    }

    /// Does what is due: tells others what they have still to hear, writes down whose time is over, and tidies up.
    pub fn alarm(&self) -> JsValue {
        let mind = Rc::clone(&self.mind);
        task::start(async move { said(mind.wake().await.map(|()| String::new())) })
    }
}

/// The answer where there is nothing to say.
fn done((): ()) -> Result<String> {
    Ok(serde_json::to_string(&())?)
}

/// An answer, or the error that the object is to throw.
fn said(answer: Result<String>) -> JsValue {
    answer.map_or_else(|error| worker::js_sys::Error::new(&error.to_string()).into(), Into::into)
}

impl Mind {
    async fn carry_out(self: &Rc<Self>, name: &str, order: &str) -> Result<String> {
        Ok(match serde_json::from_str(order)? {
            Order::Judge(judge) => serde_json::to_string(&self.judge(name, &judge).await?)?,
            Order::Reserve(reserve) => {
                serde_json::to_string(&self.with_book(name, |book| self.reserve(book, reserve))?)?
            }
            Order::WouldRefuse(charges, places) => {
                serde_json::to_string(&self.with_book(name, |book| Ok(Self::would_refuse(book, charges, places)))?)?
            }
            Order::Release(reservation) => {
                done(self.with_book(name, |book| book.release(&self.database, &reservation))?)?
            }
            Order::Refund(reservation, limits) => {
                done(self.with_book(name, |book| book.refund(&self.database, &reservation, &limits))?)?
            }
            Order::Record(records) => done(self.with_book(name, |book| {
                let at = book.account.time(clock::now());
                book.append(&self.database, Entry { at, records, ..Entry::default() })?;
                self.wake_up_later()
            })?)?,
            Order::Grant(grant) => done(self.with_book(name, |book| book.set_grant(&self.database, *grant))?)?,
            Order::GiveBack(approval, reservation) => {
                done(self.with_book(name, |book| self.give_back(book, &approval, &reservation))?)?
            }
            Order::Decide(approval, decision) => {
                serde_json::to_string(&self.with_book(name, |book| self.decide(book, &approval, decision))?)?
            }
            Order::Void(approval) => done(self.with_book(name, |book| self.void(book, &approval))?)?,
            Order::Approval(approval) => {
                serde_json::to_string(&self.with_book(name, |book| self.approval(book, &approval))?)?
            }
            Order::Approvals => serde_json::to_string(&self.with_book(name, |book| self.approvals(book))?)?,
            Order::Usage => serde_json::to_string(&self.with_book(name, |book| Ok(usage(book)))?)?,
            Order::Read(after) => serde_json::to_string(&self.with_book(name, |_| self.read(after))?)?,
            Order::Export(after, begins) => {
                serde_json::to_string(&self.with_book(name, |book| self.export(book, after, begins))?)?
            }
        })
    }

    /// One turn with the book. It is taken, and put back when all is written: whatever fails in between, it never says what the
    /// database does not.
    pub(super) fn with_book<A>(&self, name: &str, turn: impl FnOnce(&mut Book) -> Result<A>) -> Result<A> {
        let taken = self.book.borrow_mut().take();
        let mut book = if let Some(book) = taken {
            book
        } else {
            let settings = Settings::of(&self.env);
            Book::load(&self.database, name, keys::chain_keys(&self.env)?, settings.audit_log)?
        };
        let answer = turn(&mut book)?;
        *self.book.borrow_mut() = Some(book);
        Ok(answer)
    }

    /// The name that the ledger was last called by.
    pub(super) fn name(&self) -> Result<String> {
        text(&self.database, "ledger")?.ok_or_else(|| Error::from("the ledger has no name yet"))
    }
}

fn usage(book: &Book) -> Vec<Used> {
    let clock = clock::now();
    let used = book.account.counters().map(|(counter, _)| {
        let (units, resets_in) = book.account.used(counter, clock);
        Used { counter: counter.clone(), units, resets_at: Millis(clock.0 + resets_in) }
    });
    used.filter(|used| used.units > 0).collect()
}
