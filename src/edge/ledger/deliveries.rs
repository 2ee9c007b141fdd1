//! What a ledger has to tell others of its questions, after the answer: the head of its server, which lists what is pending, and
//! people. What fails is tried again, later each time.

use serde_json::json;
use worker::{Result, console_error};

use super::approvals::by_id;
use super::object::Mind;
use crate::edge::{clock, head, webhook};
use crate::ledger::{Approval, Status};
use crate::registry::Name;

/// Deliveries of one waking.
const AT_ONCE: u64 = 16;

/// Messages to people that are under way at once: the platform has no more connections for one request.
const TOLD_AT_ONCE: usize = 6;

/// Milliseconds until the second try; each further one comes after twice as long, up to the longest.
const FIRST_PAUSE: u64 = 2_000;
const LONGEST_PAUSE: u64 = 600_000;

/// To whom, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The head is to list the question.
    List,
    /// The head is to list it no more.
    Unlist,
    /// A person is to be told.
    Tell,
}

impl Kind {
    const ALL: [Self; 3] = [Self::List, Self::Unlist, Self::Tell];

    fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Unlist => "unlist",
            Self::Tell => "tell",
        }
    }
}

/// One delivery that is due: its number, the question, what it is, and how often it has failed.
type Due = (u64, String, String, u32);

impl Mind {
    /// Has everybody told of a new question, at once.
    pub(super) fn announce(&self, approval: &Approval) -> Result<()> {
        self.send_later(approval, Kind::List)?;
        if webhook::is_set(&self.env) {
            self.send_later(approval, Kind::Tell)?;
        }
        self.plan()
    }

    /// Has a question that is over listed no more. Whoever has not been told of it need not be.
    pub(super) fn withdraw(&self, approval: &Approval) -> Result<()> {
        if let Some(failed) = self.untold(&approval.id)? {
            console_error!("nobody was told of {}, which is over: {failed} tries have failed", approval.id);
        }
        self.database.run("DELETE FROM deliveries WHERE approval = ? AND kind <> 'unlist'", &(&approval.id,))?;
        self.send_later(approval, Kind::Unlist)?;
        self.plan()
    }

    /// How often nobody could be told of a question, if nobody has been.
    pub(super) fn untold(&self, id: &str) -> Result<Option<u32>> {
        let statement = "SELECT failed FROM deliveries WHERE approval = ? AND kind = 'tell' AND failed > 0";
        Ok(self.database.rows::<(u32,)>(statement, &(id,))?.pop().map(|(failed,)| failed))
    }

    fn send_later(&self, approval: &Approval, kind: Kind) -> Result<()> {
        let statement = "INSERT INTO deliveries (approval, kind, due, failed) VALUES (?, ?, ?, 0)";
        self.database.run(statement, &(&approval.id, kind.as_str(), clock::now()))
    }

    /// Delivers what is due. People are told all together, since whoever they are told by may be slow, and the heads meanwhile.
    pub(super) async fn deliver(&self) -> Result<()> {
        let statement =
            "SELECT number, approval, kind, failed FROM deliveries WHERE due <= ? ORDER BY kind = 'tell', due LIMIT ?";
        let due: Vec<Due> = self.database.rows(statement, &(clock::now(), AT_ONCE))?;
        let (mut tells, lists): (Vec<_>, Vec<_>) = due.into_iter().partition(|due| due.2 == Kind::Tell.as_str());
        tells.truncate(TOLD_AT_ONCE);
        let mut on_their_way = Vec::new();
        for due in tells {
            match by_id(&self.database, &due.1)? {
                Some(approval) if approval.standing(clock::now()) == Status::Pending => {
                    on_their_way.push((due, webhook::tell(&self.env, &approval)));
                }
                // Its time is over since a moment ago: it will be withdrawn, and that says whether anybody was told.
                Some(approval) if approval.status == Status::Pending => {}
                Some(_) | None => self.delivered(&due, Ok(()))?,
            }
        }
        for due in lists {
            let told = match by_id(&self.database, &due.1)? {
                Some(approval) => self.tell_head(&approval, &due.2).await,
                None => Ok(()),
            };
            self.delivered(&due, told)?;
        }
        for (due, sent) in on_their_way {
            let arrived = match sent {
                Ok(sent) => webhook::arrived(sent).await,
                Err(error) => Err(error),
            };
            self.delivered(&due, arrived)?;
        }
        Ok(())
    }

    /// Crosses off what has been delivered; else it is tried again later. It may have been withdrawn meanwhile: then this changes nothing.
    fn delivered(&self, (number, id, kind, failed): &Due, delivered: Result<()>) -> Result<()> {
        match delivered {
            Ok(()) => self.database.run("DELETE FROM deliveries WHERE number = ?", &(number,)),
            Err(error) => {
                console_error!("{kind} of {id} has failed {} times: {error}", failed + 1);
                let pause = FIRST_PAUSE.saturating_mul(1 << (*failed).min(20)).min(LONGEST_PAUSE);
                let statement = "UPDATE deliveries SET due = ?, failed = failed + 1 WHERE number = ?";
                self.database.run(statement, &(clock::now().0 + pause, number))
            }
        }
    }

    async fn tell_head(&self, approval: &Approval, kind: &str) -> Result<()> {
        let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
        let (Some(kind), Some(server)) = (kind, Name::read(&approval.petition.server)) else { return Ok(()) };
        match kind {
            Kind::List => head::list(&self.env, &server, &approval.id, approval.expires_at, listed(approval)).await,
            Kind::Unlist => head::unlist(&self.env, &server, &approval.id).await,
            Kind::Tell => Ok(()),
        }
    }
}

/// What a list shows of a question, as JSON.
fn listed(approval: &Approval) -> String {
    let Approval { id, asked_at, expires_at, petition, .. } = approval;
    json!({
        "id": id, "grant": petition.grant, "label": petition.label, "server": petition.server, "method": petition.method,
        "name": petition.name, "by": petition.by, "asked_at": asked_at.timestamp(), "expires_at": expires_at.timestamp(),
    })
    .to_string()
}
