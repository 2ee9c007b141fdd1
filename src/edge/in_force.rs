//! Whether what a message is judged by is in force: asked of the ledger of its grant.

use std::borrow::Cow;

use worker::{Error, Result};

use super::ledger::{self, Charged, Judged, News, Question};
use super::passage::Passage;
use super::store::{Registered, Store};
use crate::policy::Edition;
use crate::registry::{Consistency, Server};

/// How often a message is judged anew because something has changed meanwhile.
pub(super) const ATTEMPTS: usize = 4;

/// What a message is to be judged by.
pub(super) enum InForce<'p> {
    /// This.
    Passage(Cow<'p, Passage>),
    /// Nothing: the grant is worth nothing any more.
    Revoked,
}

impl Passage {
    /// What a message that is not metered is to be judged by: what this isolate knows or, where the server is strict, what the
    /// ledger says is the newest.
    pub(super) async fn in_force(&self) -> Result<InForce<'_>> {
        let mut passage = Cow::Borrowed(self);
        if !passage.is_strict() {
            return Ok(InForce::Passage(passage));
        }
        for _ in 0..ATTEMPTS {
            match passage.ask_ledger(passage.charges_nothing()).await? {
                Judged::Charged(_) => return Ok(InForce::Passage(passage)),
                Judged::Stale(news) => passage = Cow::Owned(passage.renewed(*news).await?),
                Judged::Revoked => return Ok(InForce::Revoked),
                Judged::Overloaded => return Err(Error::from("the ledger has too much to do")),
            }
        }
        Err(Passage::changes_too_often())
    }

    pub(super) fn is_strict(&self) -> bool {
        self.server.record.consistency == Consistency::Strict
    }

    pub(super) fn charges_nothing(&self) -> Charged<'_> {
        let request_id = &self.noted.request_id;
        Charged { charges: Vec::new(), request_id, refundable: false, records: &[], asked: None }
    }

    pub(super) async fn ask_ledger(&self, charged: Charged<'_>) -> Result<Judged> {
        let question = Question {
            grant: &self.grant,
            token: &self.token,
            server: &self.name,
            server_stamp: &self.server.stamp,
            policy_stamp: self.edition.stamp(),
            strict: self.is_strict(),
        };
        ledger::judge(&self.env, &question, charged).await
    }

    /// The same under what is in force now, which this isolate remembers too.
    pub(super) async fn renewed(&self, news: News) -> Result<Self> {
        let mut passage = self.clone();
        if let Some(version) = news.server {
            let record = Server::parse(version.document.as_bytes())
                .map_err(|_| Error::from(format!("the newest document of server {} cannot be read", self.name)))?;
            passage.server = Store::keep_server(&self.name, Registered { record, stamp: version.stamp });
        }
        if let Some(version) = news.policy {
            passage.edition = Store::keep_edition(&self.grant.policy, Edition::of(version.document.as_bytes()));
        }
        if let Some(grant) = news.grant {
            passage.grant = Store::keep_grant(&self.token, grant);
            passage.edition = self.store.edition(&passage.grant.policy, &self.context).await?;
        }
        Ok(passage)
    }

    pub(super) fn changes_too_often() -> Error {
        Error::from("what is in force changes faster than it can be asked for")
    }
}
