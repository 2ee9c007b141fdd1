//! How long a ledger keeps what it has written, and how it is read.

use serde_json::json;
use worker::{Error, Result, console_log};

use super::book::Book;
use super::object::Mind;
use super::order::{Entries, ExportPage};
use crate::edge::settings::Settings;
use crate::edge::{clock, platform};
use crate::ledger::{ExportLine, Link, Millis};

/// Entries that are read at once: each has at most a few dozen records.
const ENTRIES_AT_ONCE: u64 = 64;

/// Entries that are deleted at once, so that nobody waits long behind it.
const DELETED_AT_ONCE: u64 = 20_000;

/// Milliseconds between two alarms.
const DAY: u64 = 86_400_000;

/// Milliseconds until the next part, where not all could be deleted at once.
const SOON: u64 = 1_000;

impl Mind {
    /// Sees to it that [`Mind::tidy`] is called, since there is something to keep now.
    pub(super) fn wake_up_later(&self) -> Result<()> {
        let now = clock::now().0;
        if self.alarm.get() == 0 {
            self.alarm.set(self.database.fact("alarm")?.unwrap_or(0));
        }
        // One that is long overdue was given up by the platform.
        if self.alarm.get() + DAY < now {
            self.wake_up(self.day())?;
        }
        Ok(())
    }

    /// Has [`Mind::tidy`] called then.
    fn wake_up(&self, after: u64) -> Result<()> {
        let at = clock::now().0 + after;
        self.database.set_fact("alarm", at)?;
        self.alarm.set(at);
        self.plan()
    }

    /// Has the platform call when the first thing is due. It knows one time only, so whoever changes what is due calls this.
    pub(super) fn plan(&self) -> Result<()> {
        let first: Vec<(Option<u64>,)> = self.database.rows(
            "SELECT min(at) FROM (SELECT value AS at FROM facts WHERE name = 'alarm' UNION ALL SELECT min(due) FROM deliveries
             UNION ALL SELECT min(expires_at) FROM approvals WHERE status = 'pending'
             UNION ALL SELECT min(expires_at) FROM approvals WHERE status = 'approved')",
            &(),
        )?;
        match first.first() {
            Some((Some(at),)) => Ok(platform::set_alarm(&self.storage, js_number(*at))?),
            Some((None,)) | None => Ok(()),
        }
    }

    /// Does what is due.
    pub(super) async fn wake(&self) -> Result<()> {
        // Nobody is told of what is over, and what goes out may take its time.
        let name = self.name()?;
        self.with_book(&name, |book| self.expire(book))?;
        self.deliver().await?;
        if self.database.fact("alarm")?.is_some_and(|at| at <= clock::now().0) {
            self.tidy()?;
        }
        self.plan()
    }

    /// What passes for a day: shorter where entries are kept for less than four.
    fn day(&self) -> u64 {
        match Settings::of(&self.env).audit_keep {
            Some(keep) => (keep / 4).clamp(SOON, DAY),
            None => DAY,
        }
    }

    /// Forgets what is idle, deletes what is old, tells the log where the chain stands, and comes again while there is anything
    /// left.
    pub(super) fn tidy(&self) -> Result<()> {
        let keep = Settings::of(&self.env).audit_keep;
        let (more, anything) = self.with_book(&self.name()?, |book| {
            let now = book.pass(&self.database)?;
            book.checkpoint(&self.database)?;
            let more = match keep {
                Some(keep) => book.retire(&self.database, Millis(now.0.saturating_sub(keep)), DELETED_AT_ONCE)?,
                None => false,
            };
            book.forget_refundable(&self.database)?;
            if let Some(keep) = keep {
                self.forget_approvals(Millis(now.0.saturating_sub(keep)))?;
            }
            let (newest, logged) = (book.newest.0, self.database.fact("logged")?.unwrap_or(0));
            if newest > logged {
                let mark = json!(book.mark(&self.database, newest)?);
                console_log!(r#"{{"event":"audit_head","mark":{mark}}}"#);
                self.database.set_fact("logged", newest)?;
            }
            // A question may outlive the entries that tell of it: it is forgotten when its own time is over.
            let anything = book.account.counters().next().is_some()
                || !Book::entries(&self.database, 0, 1)?.is_empty()
                || self.keeps_approvals()?;
            Ok((more, anything))
        })?;
        if more {
            self.wake_up(SOON)
        } else if anything {
            self.wake_up(self.day())
        } else {
            self.alarm.set(0);
            self.database.forget_fact("alarm")
        }
    }

    pub(super) fn read(&self, after: u64) -> Result<Entries> {
        let entries = Book::entries(&self.database, after, ENTRIES_AT_ONCE)?;
        Ok(Entries { more: entries.len() as u64 == ENTRIES_AT_ONCE, entries })
    }

    /// One page of NDJSON: the first begins with a mark, the last ends with one.
    pub(super) fn export(&self, book: &Book, after: u64, begins: bool) -> Result<ExportPage> {
        let mut lines = Vec::new();
        let mut after = after.min(book.newest.0);
        if begins {
            let mark = book.mark(&self.database, after)?;
            after = mark.seq;
            lines.push(ExportLine::Begin(mark).to_string());
        } else if book.mark(&self.database, after)?.seq != after {
            return Err(Error::from("what was still to be exported has been deleted meanwhile"));
        }
        let Entries { entries, more } = self.read(after)?;
        let newest = entries.last().map_or(after, |(seq, _, _)| *seq);
        for (_, link, entry) in entries {
            lines.push(ExportLine::Entry { mac: link.as_deref().and_then(Link::read), text: &entry }.to_string());
        }
        if !more {
            lines.push(ExportLine::End(book.mark(&self.database, newest)?).to_string());
        }
        lines.push(String::new());
        Ok(ExportPage { text: lines.join("\n"), next: more.then_some(newest) })
    }
}

/// Milliseconds since the epoch as JavaScript counts them.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn js_number(millis: u64) -> f64 {
    millis as f64
}
