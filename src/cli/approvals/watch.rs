//! `tollgate approvals list --watch`

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use super::list::listed;
use crate::cli::context::{Context, tell};
use crate::cli::gateway::Gateway;
use crate::cli::report::{Exit, Failure, Json, Report};
use crate::cli::terminal::columns;
use crate::cli::visible::seen_json;

/// Prints what is pending, and then what is asked anew, until nobody reads it any more.
pub(super) fn watch(gateway: &Gateway, path: &str, every: u64, context: &Context) -> Result<Report, Failure> {
    let mut told = BTreeSet::new();
    let mut found = listed(gateway, path)?;
    let mut is_away = false;
    loop {
        let new: Vec<_> = found.iter().filter(|one| !told.contains(&one.item.id)).collect();
        let text = if context.json {
            let lines = new.iter().map(|one| seen_json(one.json.get()).replace('\n', " "));
            lines.flat_map(|line| [line, "\n".to_owned()]).collect()
        } else {
            columns(&new.iter().map(|one| one.item.row()).collect::<Vec<_>>())
        };
        if !tell(&text) {
            return Ok(Report {
                text: String::new(),
                beside: String::new(),
                json: Json::Given(String::new()),
                exit: Exit::Fine,
            });
        }
        // What is over is forgotten: an id never comes again.
        told = found.into_iter().map(|one| one.item.id).collect();
        found = loop {
            sleep(Duration::from_secs(every));
            match listed(gateway, path) {
                Ok(found) => break found,
                // A gateway that is away comes back; a token that is not taken does not.
                Err(failure) if failure.exit == Exit::OutOfReach => {
                    if !is_away {
                        context.warn(&format!("{} It is asked again every {every} s.", failure.message));
                    }
                    is_away = true;
                }
                Err(failure) => return Err(failure),
            }
        };
        is_away = false;
    }
}
