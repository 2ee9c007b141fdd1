//! What a ledger asks people, and what they have said: one row for each question, changed in the turn that writes it down.

use serde_json::value::to_raw_value;
use worker::{Error, Result};

use super::book::Book;
use super::object::Mind;
use super::order::{Ask, Decided, Judge};
use crate::edge::object::Database;
use crate::edge::{clock, random};
use crate::hex;
use crate::ledger::{Answered, Approval, Decision, Entry, Heard, Held, MOST_PENDING, Millis, Status};

/// The questions of a grant that are shown at once.
const MOST_SHOWN: u64 = 200;

impl Mind {
    /// What a call hears that needs a yes: one that it may use up, or why it does not pass. Where nobody is being asked, somebody is
    /// from now on.
    pub(super) fn hear(
        &self,
        book: &mut Book,
        judge: &Judge<'_>,
        ask: &Ask<'_>,
    ) -> Result<std::result::Result<Approval, Held>> {
        let (database, reservation) = (&self.database, &judge.reservation);
        let now = book.account.time(clock::now());
        // Who asks again because the answer was lost has its yes already; others may have asked anew since.
        if book.recent.receipt(reservation).is_some()
            && let Some(used) = used_by(database, &ask.fingerprint, reservation)?
        {
            return Ok(Ok(used));
        }
        let newest = newest(database, &ask.fingerprint)?;
        let heard = newest.as_ref().map_or(Heard::Ask, |approval| approval.heard(reservation, now));
        match (heard, newest) {
            (Heard::MayPass, Some(approval)) => Ok(Ok(approval)),
            (Heard::Held(held @ (Held::Denied { .. } | Held::Crowded)), _) => Ok(Err(held)),
            (heard, _) => match (approved(database, &ask.fingerprint, now)?, heard) {
                // One that was given back, after others had asked anew.
                (Some(approval), _) => Ok(Ok(approval)),
                (None, Heard::Held(held)) => Ok(Err(held)),
                (None, Heard::Ask | Heard::MayPass) => self.ask(book, judge, ask, now).map(Err),
            },
        }
    }

    /// Asks a person.
    fn ask(&self, book: &mut Book, judge: &Judge<'_>, ask: &Ask<'_>, now: Millis) -> Result<Held> {
        let pending: Vec<(u64,)> = self
            .database
            .rows("SELECT count(*) FROM approvals WHERE status = 'pending' AND expires_at > ?", &(now,))?;
        if pending.first().is_none_or(|(pending,)| *pending >= MOST_PENDING) {
            return Ok(Held::Crowded);
        }
        let grant = book.name.strip_prefix("g_").unwrap_or(&book.name);
        let id = format!("ap_{grant}_{}", hex::encode(&random::random::<8>()?));
        let expires_at = Millis(now.0.saturating_add(ask.ttl));
        let approval = Approval {
            id: id.clone(),
            fingerprint: ask.fingerprint.clone(),
            status: Status::Pending,
            asked_at: now,
            expires_at,
            ttl: ask.ttl,
            petition: ask.petition.clone(),
            decision: None,
            used_by: None,
        };
        // The call that asks does not pass: what was written down for that comes last, and this in its place.
        let (_, others) = judge.records.split_last().ok_or_else(|| Error::from("nothing says what is asked"))?;
        let records = others.iter().copied().chain([ask.record]).collect();
        self.write(book, &approval, Entry { at: now, records, ..Entry::default() })?;
        self.announce(&approval)?;
        Ok(Held::Pending { id, expires_at, asked: true })
    }

    /// Keeps a yes that a call has used up: from now on only the same call may pass with it.
    pub(super) fn keep_used(&self, used: &Approval) -> Result<()> {
        keep(&self.database, used)?;
        self.plan()
    }

    /// The call that has used a yes up was never made.
    pub(super) fn give_back(&self, book: &mut Book, id: &str, reservation: &str) -> Result<()> {
        let Some(mut approval) = by_id(&self.database, id)? else { return Ok(()) };
        if approval.give_back(reservation) {
            let at = book.account.time(clock::now());
            self.write(book, &approval, Entry { at, ..Entry::default() })?;
            self.plan()?;
        }
        Ok(())
    }

    /// Takes a person's answer.
    pub(super) fn decide(&self, book: &mut Book, id: &str, decision: Decision) -> Result<Decided> {
        let Some(mut approval) = by_id(&self.database, id)? else { return Ok(Decided::Unknown) };
        let now = book.account.time(clock::now());
        if let Err(status) = approval.decide(Decision { at: now, ..decision }, now) {
            return Ok(Decided::Not(status));
        }
        self.write(book, &approval, Entry { at: now, ..Entry::default() })?;
        self.withdraw(&approval)?;
        Ok(Decided::Done(Box::new(approval)))
    }

    /// The rules are not those any more under which it was asked.
    pub(super) fn void(&self, book: &mut Book, id: &str) -> Result<()> {
        let Some(approval) = by_id(&self.database, id)? else { return Ok(()) };
        let now = book.account.time(clock::now());
        match approval.standing(now) {
            Status::Pending | Status::Approved => self.end(book, &Approval { status: Status::Voided, ..approval }, now),
            Status::Denied | Status::Used | Status::Expired | Status::Voided => Ok(()),
        }
    }

    /// Writes down whose time is over.
    pub(super) fn expire(&self, book: &mut Book) -> Result<()> {
        let now = book.account.time(clock::now());
        let over = "SELECT approval FROM approvals WHERE status IN ('pending', 'approved') AND expires_at <= ?";
        for approval in read(&self.database, over, &(now,))? {
            self.end(book, &Approval { status: Status::Expired, ..approval }, now)?;
        }
        Ok(())
    }

    fn end(&self, book: &mut Book, approval: &Approval, now: Millis) -> Result<()> {
        self.write(book, approval, Entry { at: now, ..Entry::default() })?;
        self.withdraw(approval)
    }

    /// Keeps a question as it is now, and writes that down with `entry`.
    fn write(&self, book: &mut Book, approval: &Approval, entry: Entry<'_>) -> Result<()> {
        keep(&self.database, approval)?;
        let untold = self.untold(&approval.id)?;
        let answered = to_raw_value(&Answered::of(approval, untold))?;
        book.append(&self.database, Entry { approval: Some(&answered), ..entry })?;
        self.wake_up_later()
    }

    /// A question as it stands now.
    pub(super) fn approval(&self, book: &Book, id: &str) -> Result<Option<Approval>> {
        let now = book.account.time(clock::now());
        Ok(by_id(&self.database, id)?.map(|approval| Approval { status: approval.standing(now), ..approval }))
    }

    /// The newest questions as they stand now, newest first.
    pub(super) fn approvals(&self, book: &Book) -> Result<Vec<Approval>> {
        let now = book.account.time(clock::now());
        let newest = "SELECT approval FROM approvals ORDER BY asked_at DESC, id LIMIT ?";
        let shown = |approval: Approval| Approval { status: approval.standing(now), ..approval };
        Ok(read(&self.database, newest, &(MOST_SHOWN,))?.into_iter().map(shown).collect())
    }

    /// Whether there is any question, whatever has become of it.
    pub(super) fn keeps_approvals(&self) -> Result<bool> {
        Ok(!self.database.rows::<(u64,)>("SELECT 1 FROM approvals LIMIT 1", &())?.is_empty())
    }

    /// Deletes what was over before `cutoff`.
    pub(super) fn forget_approvals(&self, cutoff: Millis) -> Result<()> {
        self.database
            .run("DELETE FROM approvals WHERE expires_at < ? AND status NOT IN ('pending', 'approved')", &(cutoff,))
    }
}

/// The newest question about a call.
fn newest(database: &Database, fingerprint: &str) -> Result<Option<Approval>> {
    let statement = "SELECT approval FROM approvals WHERE fingerprint = ? ORDER BY asked_at DESC, rowid DESC LIMIT 1";
    Ok(read(database, statement, &(fingerprint,))?.pop())
}

/// The one that this call has used up.
fn used_by(database: &Database, fingerprint: &str, reservation: &str) -> Result<Option<Approval>> {
    let used =
        read(database, "SELECT approval FROM approvals WHERE fingerprint = ? AND status = 'used'", &(fingerprint,))?;
    Ok(used.into_iter().find(|approval| approval.used_by.as_deref() == Some(reservation)))
}

/// A yes that waits for its call.
fn approved(database: &Database, fingerprint: &str, now: Millis) -> Result<Option<Approval>> {
    let statement = "SELECT approval FROM approvals WHERE fingerprint = ? AND status = 'approved' AND expires_at > ?
        ORDER BY asked_at DESC LIMIT 1";
    Ok(read(database, statement, &(fingerprint, now))?.pop())
}

pub(super) fn by_id(database: &Database, id: &str) -> Result<Option<Approval>> {
    Ok(read(database, "SELECT approval FROM approvals WHERE id = ?", &(id,))?.pop())
}

fn read(database: &Database, statement: &str, parameters: &impl serde::Serialize) -> Result<Vec<Approval>> {
    let rows: Vec<(String,)> = database.rows(statement, parameters)?;
    rows.iter().map(|(text,)| Ok(serde_json::from_str(text)?)).collect()
}

fn keep(database: &Database, approval: &Approval) -> Result<()> {
    let Approval { id, fingerprint, asked_at, expires_at, status, .. } = approval;
    // By its id: a row keeps its place.
    database.run(
        "INSERT INTO approvals (id, fingerprint, status, asked_at, expires_at, approval) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, approval = excluded.approval",
        &(id, fingerprint, status.as_str(), asked_at, expires_at, serde_json::to_string(approval)?),
    )
}
