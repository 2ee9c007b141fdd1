//! What one ledger has on disk, and what of it stands in memory while the object is awake.
//!
//! The entries are the truth: each names what it charged. An admitted call writes one entry and nothing else; the counters are
//! written with every [`CHECKPOINT_EVERY`]th entry, and an object that wakes up charges anew what came after.

use std::borrow::Cow;
use std::rc::Rc;

use worker::{Error, Result, console_log};

use super::memory::Recent;
use super::tables::{set_text, text};
use crate::edge::clock;
use crate::edge::object::Database;
use crate::ledger::{
    Account, ChainKeys, Charge, CounterKey, Entry, Link, Mark, Millis, Overrun, Receipt, Refunded, Spent, Uses,
};
use crate::registry::Grant;

/// How many entries are read again, at most twice over, when an object wakes up. Those that charge nothing count as well: a
/// ledger may have no others.
const CHECKPOINT_EVERY: u64 = 64;

/// Milliseconds for which an outcome may give something back. No call takes longer.
const REFUNDABLE: u64 = 86_400_000;

pub(super) struct Book {
    /// The ledger's name.
    pub(super) name: String,
    pub(super) account: Account,
    /// The newest record of the grant, once it has been changed.
    pub(super) grant: Option<Grant>,
    pub(super) revoked: bool,
    /// The calls that were charged lately.
    pub(super) recent: Recent,
    /// What is charged in memory for calls that wait for the ledger of the server.
    held: Vec<Receipt>,
    /// The number of the newest entry, and its link.
    pub(super) newest: (u64, Link),
    /// Entries since the counters were written.
    written: u64,
    keys: Rc<ChainKeys>,
    /// Whether each entry goes to the log as well.
    pub(super) logged: bool,
}

impl Book {
    pub(super) fn load(database: &Database, name: &str, keys: Rc<ChainKeys>, logged: bool) -> Result<Self> {
        let mut account = Account::default();
        account.pass(Millis(database.fact("time")?.unwrap_or(0)));
        for (identity, grains) in
            database.rows::<(String, String)>("SELECT identity, hex(grains) FROM counters", &())?
        {
            let corrupt = || Error::from(format!("the counter `{identity}` cannot be read"));
            let counter = CounterKey::read(&identity).ok_or_else(corrupt)?;
            account.restore(counter, Uses::from_hex(&grains).map_err(|_| corrupt())?);
        }
        let base = base(database)?;
        let mut newest = match base {
            Some(Mark { seq, mac, at, .. }) => {
                account.pass(at);
                (seq, mac)
            }
            None => (0, anchor(database, name, &keys)?),
        };
        let (mut recent, mut written) = (Recent::default(), 0);
        let checkpoint = database.fact("checkpoint")?.unwrap_or(0);
        // Those before the checkpoint may still be asked for again. The records are most of an entry, and nobody asks for them.
        let from = checkpoint.saturating_sub(CHECKPOINT_EVERY);
        let rows: Vec<(String, Option<Link>)> = database
            .rows("SELECT json_remove(entry, '$.records'), link FROM entries WHERE seq > ? ORDER BY seq", &(from,))?;
        for (text, link) in rows {
            let entry: Entry<'_> = serde_json::from_str(&text)?;
            account.pass(entry.at);
            let unwritten = entry.seq > checkpoint;
            if unwritten {
                written += 1;
                account.replay(&entry.charges, entry.at);
            }
            if let Some(Refunded { reservation, at, charges }) = &entry.refund {
                // What was given back once is not given back again, nor admitted as charged already.
                recent.remove(reservation);
                if unwritten {
                    account.give_back(charges, *at);
                }
            }
            if let Some(reservation) = entry.reservation {
                recent.add(reservation, entry.at, entry.charges);
            }
            newest = (entry.seq, link.unwrap_or(newest.1));
        }
        let grant = text(database, "grant")?.map(|grant| serde_json::from_str(&grant)).transpose()?;
        let revoked = database.fact("revoked")?.is_some();
        if text(database, "ledger")?.as_deref() != Some(name) {
            set_text(database, "ledger", name)?;
        }
        Ok(Self {
            name: name.to_owned(),
            account,
            grant,
            revoked,
            recent,
            held: Vec::new(),
            newest,
            written,
            keys,
            logged,
        })
    }

    /// Writes an entry, which gets the next number.
    pub(super) fn append(&mut self, database: &Database, mut entry: Entry<'_>) -> Result<()> {
        let (seq, before) = &self.newest;
        entry.seq = seq + 1;
        let text = serde_json::to_string(&entry)?;
        let link = self.keys.link(before, &text);
        let row = (entry.seq, entry.at, &text, &link);
        database.run("INSERT INTO entries (seq, at, entry, link) VALUES (?, ?, ?, ?)", &row)?;
        if self.logged {
            let name = &self.name;
            console_log!(r#"{{"event":"audit","ledger":"{name}","mac":"{link}","entry":{text}}}"#);
        }
        self.account.pass(entry.at);
        self.newest = (entry.seq, link);
        self.written += 1;
        if self.written >= CHECKPOINT_EVERY {
            self.checkpoint(database)?;
        }
        Ok(())
    }

    /// Charges a call in memory, so that nobody else takes what it needs while it waits.
    pub(super) fn hold(&mut self, charges: &[Charge]) -> std::result::Result<Receipt, Overrun> {
        let receipt = self.account.charge(charges, clock::now())?;
        self.held.push(receipt.clone());
        Ok(receipt)
    }

    /// Lets go of what was held. What was held in an earlier opening of the book is not there any more.
    pub(super) fn let_go(&mut self, held: &Receipt) {
        if let Some(place) = self.held.iter().position(|known| known == held) {
            self.held.swap_remove(place);
            self.account.give_back(&held.spent, held.at);
        }
    }

    /// Writes down the counters that have changed, and forgets those that are idle. The fact comes last: if something failed before it,
    /// charges would be made twice, and nobody would get more than his budget. What is held is not spent yet.
    pub(super) fn checkpoint(&mut self, database: &Database) -> Result<()> {
        for idle in self.account.sweep() {
            database.run("DELETE FROM counters WHERE identity = ?", &(&idle,))?;
        }
        let mut spent = Cow::Borrowed(&self.account);
        for held in &self.held {
            spent.to_mut().give_back(&held.spent, held.at);
        }
        for (counter, uses) in spent.changed() {
            let statement = "INSERT OR REPLACE INTO counters (identity, grains) VALUES (?, unhex(?))";
            database.run(statement, &(counter, uses.to_hex()))?;
        }
        self.account.all_kept();
        self.written = 0;
        database.set_fact("checkpoint", self.newest.0)
    }

    /// Has the ledger's time be at least what the clock says now, for good: what has run out by then may be forgotten.
    pub(super) fn pass(&mut self, database: &Database) -> Result<Millis> {
        let now = self.account.time(clock::now());
        database.set_fact("time", now.0)?;
        self.account.pass(now);
        Ok(now)
    }

    /// Remembers that the outcome of a call may give back what was `spent`.
    pub(super) fn may_refund(database: &Database, reservation: &str, at: Millis, spent: &[Spent]) -> Result<()> {
        let statement = "INSERT OR REPLACE INTO refundable (reservation, at, spent) VALUES (?, ?, ?)";
        database.run(statement, &(reservation, at, serde_json::to_string(spent)?))
    }

    /// Forgets the calls whose outcome has come long ago. It looks at all of them, so it is for once a day.
    pub(super) fn forget_refundable(&self, database: &Database) -> Result<()> {
        let now = self.account.time(clock::now());
        database.run("DELETE FROM refundable WHERE at < ?", &(now.0.saturating_sub(REFUNDABLE),))
    }

    /// Gives back what was charged for these limits of a call, once.
    pub(super) fn refund(&mut self, database: &Database, reservation: &str, limits: &[usize]) -> Result<()> {
        let row = "DELETE FROM refundable WHERE reservation = ? RETURNING at, spent";
        let rows: Vec<(Millis, String)> = database.rows(row, &(reservation,))?;
        let Some((at, spent)) = rows.into_iter().next() else { return Ok(()) };
        let mut charges: Vec<Spent> = serde_json::from_str(&spent)?;
        charges.retain(|spent| spent.is_given_back(limits));
        self.give_back(database, Refunded { reservation: reservation.to_owned(), at, charges })
    }

    /// Takes back what was charged for a call that was not made.
    pub(super) fn release(&mut self, database: &Database, reservation: &str) -> Result<()> {
        let Some((at, charges)) = self.recent.remove(reservation) else { return Ok(()) };
        database.run("DELETE FROM refundable WHERE reservation = ?", &(reservation,))?;
        self.give_back(database, Refunded { reservation: reservation.to_owned(), at, charges })
    }

    fn give_back(&mut self, database: &Database, refund: Refunded) -> Result<()> {
        if refund.charges.is_empty() {
            return Ok(());
        }
        self.account.give_back(&refund.charges, refund.at);
        let at = self.account.time(clock::now());
        self.append(database, Entry { at, refund: Some(refund), ..Entry::default() })
    }

    /// This is the grant from now on.
    pub(super) fn set_grant(&mut self, database: &Database, grant: Grant) -> Result<()> {
        set_text(database, "grant", &serde_json::to_string(&grant)?)?;
        if grant.revoked_at.is_some() {
            database.set_fact("revoked", 1)?;
            self.revoked = true;
        }
        self.grant = Some(grant);
        Ok(())
    }

    /// The entries after `after`, at most so many.
    pub(super) fn entries(database: &Database, after: u64, most: u64) -> Result<Vec<(u64, Option<String>, String)>> {
        database.rows("SELECT seq, link, entry FROM entries WHERE seq > ? ORDER BY seq LIMIT ?", &(after, most))
    }

    /// States where the chain stands at the entry `seq` or, if it is not there any more, before the oldest one.
    pub(super) fn mark(&self, database: &Database, seq: u64) -> Result<Mark> {
        let rows: Vec<(Option<Link>,)> = database.rows("SELECT link FROM entries WHERE seq = ?", &(seq,))?;
        let now = self.account.time(clock::now());
        let (seq, link) = match rows.into_iter().next() {
            Some((link,)) => (seq, link),
            None => match base(database)? {
                Some(base) => return Ok(base),
                None => (0, None),
            },
        };
        let link = link.map_or_else(|| anchor(database, &self.name, &self.keys), Ok)?;
        Ok(self.keys.mark(&self.name, seq, link, now))
    }

    /// Deletes what was written before `cutoff`, at most `most` entries, and leaves a mark in their place. Says whether there is
    /// more to delete. It is for after a [`Book::checkpoint`]: what the counters say must not need the entries any more.
    pub(super) fn retire(&self, database: &Database, cutoff: Millis, most: u64) -> Result<bool> {
        if !begins_before(database, cutoff)? {
            return Ok(false);
        }
        let old: Vec<(u64, Option<Link>)> = database.rows(
            "SELECT seq, link FROM entries WHERE at < ? AND seq < (SELECT min(seq) FROM entries) + ? ORDER BY seq DESC LIMIT 1",
            &(cutoff, most),
        )?;
        let Some((seq, link)) = old.into_iter().next() else { return Ok(false) };
        let link = link.map_or_else(|| anchor(database, &self.name, &self.keys), Ok)?;
        let mark = self.keys.mark(&self.name, seq, link, self.account.time(clock::now()));
        set_text(database, "base", &serde_json::to_string(&mark)?)?;
        database.run("DELETE FROM entries WHERE seq <= ?", &(seq,))?;
        begins_before(database, cutoff)
    }
}

/// Whether the oldest entry was written before `cutoff`. Time does not run backwards in a ledger, so no other one need be read.
fn begins_before(database: &Database, cutoff: Millis) -> Result<bool> {
    let rows: Vec<(Millis,)> = database.rows("SELECT at FROM entries ORDER BY seq LIMIT 1", &())?;
    Ok(rows.into_iter().next().is_some_and(|(oldest,)| oldest < cutoff))
}

/// What the chain of this ledger begins with. It is made once: after a change of keys it would be another.
fn anchor(database: &Database, name: &str, keys: &ChainKeys) -> Result<Link> {
    if let Some(anchor) = text(database, "anchor")? {
        return Link::read(&anchor).ok_or_else(|| Error::from("the anchor cannot be read"));
    }
    let anchor = keys.anchor(name);
    set_text(database, "anchor", &anchor.to_string())?;
    Ok(anchor)
}

/// The mark that retention has left.
fn base(database: &Database) -> Result<Option<Mark>> {
    Ok(text(database, "base")?.map(|base| serde_json::from_str(&base)).transpose()?)
}
