//! The arguments that a modern call mirrors in header fields, which the gateway computes like all others.

use web_sys::Response;
use worker::Result;

use super::passage::{Incoming, Passage};
use super::reply;
use crate::wire::{Answer, Catalogue, Era, Mismatch, Subject};

/// Header fields and their values.
pub(super) type Mirrored = Vec<(String, String)>;

/// Why a call cannot be forwarded under the right header fields.
pub(super) enum Unfit {
    /// The agent's header fields do not say what its arguments say.
    Mismatch(Mismatch),
    /// Which arguments the origin wants mirrored is not known, and it does not tell.
    Unlisted,
}

impl Passage {
    /// The mirrored arguments of a call, if the agent's own header fields say the same.
    pub(super) async fn mirrored(
        &self,
        incoming: &Incoming<'_>,
        subject: &Subject<'_>,
    ) -> Result<std::result::Result<Mirrored, Unfit>> {
        match (subject, incoming.message.era) {
            (Subject::Tool { name, .. }, Era::Modern) => {
                let known = self.known_tools().with_tool(name.as_str(), &self.route()).await?;
                Ok(self.mirrored_in(known.as_deref(), subject))
            }
            (Subject::Tool { .. }, Era::Legacy)
            | (Subject::Prompt { .. } | Subject::Resources { .. } | Subject::Template { .. }, _) => {
                Ok(Ok(Mirrored::new()))
            }
        }
    }

    /// The same, by what is known of the origin's tools.
    pub(super) fn mirrored_in(
        &self,
        known: Option<&Catalogue>,
        subject: &Subject<'_>,
    ) -> std::result::Result<Mirrored, Unfit> {
        let known = known.ok_or(Unfit::Unlisted)?;
        match subject {
            Subject::Tool { name, arguments } => known
                .mirrored(name.as_str(), arguments, |field| self.visit.field(field).map(Into::into))
                .map_err(Unfit::Mismatch),
            Subject::Prompt { .. } | Subject::Resources { .. } | Subject::Template { .. } => Ok(Mirrored::new()),
        }
    }
}

impl Unfit {
    pub(super) fn refuse(&self, incoming: &Incoming<'_>) -> Response {
        let id = &incoming.message.id;
        reply::answer(&match self {
            Self::Mismatch(Mismatch(field)) => Answer::header_mismatch(id, field),
            Self::Unlisted => Answer::bad_origin(
                Some(id),
                "The origin does not list its tools, or refuses this gateway. Nothing was forwarded",
            ),
        })
    }
}
