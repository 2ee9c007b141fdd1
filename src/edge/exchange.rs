//! What a message is answered in: where it goes, as what, and what is done with each message that comes back.

use std::rc::Rc;

use worker::Result;

use super::catalogue::KnownTools;
use super::origin::{Exchange, Outbound, Report, Route};
use super::passage::{Incoming, Passage};
use super::settings::Settings;
use crate::policy::{self, Refunds, Rulebook};
use crate::wire::json::Object;
use crate::wire::{Answering, Asked, Edit, Era, ListKind, Session, Shows, Translation};

impl Passage {
    /// What the answer to a request belongs to.
    pub(super) fn exchange(&self, incoming: &Incoming<'_>, refunds: Option<Refunds>) -> Result<Exchange> {
        let message = incoming.message;
        let (edit, begins_session) = match (&message.asked, message.method) {
            (Asked::List(kind, _), _) => (Edit::List(*kind), None),
            // Without a key no session could be given out, so none is begun.
            (Asked::Open(_), "initialize") => (Edit::Capabilities, Some(self.holder()?)),
            (Asked::Open(_), "server/discover") => (Edit::Capabilities, None),
            (Asked::Open(_) | Asked::Judged(_), _) => (Edit::None, None),
        };
        let answering = Some(Answering { id: message.id.clone(), edit });
        let session = self.asking(message.era, incoming.session.clone());
        let report = Report::new(refunds);
        Ok(Exchange { translation: self.translation(answering, session, &report), begins_session, report })
    }

    /// What the answer to something belongs to that is no request.
    pub(super) fn unanswered(&self, session: Option<Session>) -> Exchange {
        let report = Report::new(None);
        Exchange { translation: self.translation(None, session, &report), begins_session: None, report }
    }

    /// A request as it goes to the origin, with these mirrored header fields.
    pub(super) fn outbound(&self, incoming: &Incoming<'_>, mirrored: Vec<(String, String)>) -> Outbound {
        let Incoming { message, session, body } = incoming;
        Outbound::request(&self.visit, message, session.as_ref(), mirrored, (*body).clone())
    }

    /// The session on which the origin may ask something of a legacy agent. Without a key nothing can be asked, since no
    /// answer could be told from a made-up one.
    pub(super) fn asking(&self, era: Era, session: Option<Session>) -> Option<Session> {
        match era {
            Era::Legacy => session.or_else(|| self.holder().ok().map(|holder| holder.sessionless())),
            Era::Modern => None,
        }
    }

    fn translation(&self, answering: Option<Answering>, session: Option<Session>, report: &Rc<Report>) -> Translation {
        let (edition, server) = (Rc::clone(&self.edition), Rc::clone(&self.server));
        let shows: Shows = Rc::new(move |kind: ListKind, name: &str| {
            policy::is_listed(Rulebook { edition: &edition, aliases: &server.record.aliases }, kind, name)
        });
        let tools = answering
            .as_ref()
            .is_some_and(|answering| answering.edit == Edit::List(ListKind::Tools))
            .then(|| self.known_tools());
        let report = Rc::clone(report);
        let hears = Rc::new(move |answer: &Object<'_>| {
            report.heard(answer);
            if let Some(tools) = &tools {
                tools.learn(answer);
            }
        });
        Translation { shows, answering, session, hears }
    }

    pub(super) fn rulebook(&self) -> Rulebook<'_> {
        Rulebook { edition: &self.edition, aliases: &self.server.record.aliases }
    }

    pub(super) fn route(&self) -> Route<'_> {
        Route { env: &self.env, origin: &self.server.record.origin, patience: Settings::of(&self.env).patience }
    }

    /// Where the catalogue of this server is.
    pub(super) fn known_tools(&self) -> KnownTools {
        KnownTools { store: self.store.clone(), server: self.name.clone(), context: Rc::clone(&self.context) }
    }
}
