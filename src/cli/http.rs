//! What holds for each HTTP request of the command line: how it is made, and what is said where nothing came of it.

use std::io::Read;

use ureq::Agent;

use super::report::Failure;
use super::terminal::plain;

/// What makes the requests.
pub(super) fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // Who asks one address must not be answered by another, nor the credentials go there.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("tollgate/", env!("CARGO_PKG_VERSION")))
        .build();
    Agent::new_with_config(config)
}

/// The body of an answer of `url`, which has at most `most` bytes.
pub(super) fn whole(url: &str, mut reader: impl Read, most: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| broken(url, &error, most))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `url` was not reached, or has not answered.
pub(super) fn unreached(url: &str, error: &ureq::Error) -> Failure {
    Failure::out_of_reach(if matches!(error, ureq::Error::Timeout(_)) {
        format!("{url} does not answer in time. --timeout SECONDS waits longer.")
    } else {
        format!("{url} cannot be reached: {}.", error.to_string().trim_start_matches("io: "))
    })
}

/// `url` has begun to answer, and not come to an end.
pub(super) fn broken(url: &str, error: &std::io::Error, most: u64) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
    if let Some(error) = inner.filter(|error| matches!(error, ureq::Error::Timeout(_))) {
        return unreached(url, error);
    }
    Failure::out_of_reach(if inner.is_some_and(|error| matches!(error, ureq::Error::BodyExceedsLimit(_))) {
        format!("{url} answers with more than {most} bytes.")
    } else {
        format!("{url} breaks off its answer: {error}.")
    })
}

/// `url` wants to be asked elsewhere.
pub(super) fn redirected(url: &str, location: Option<&str>) -> Failure {
    let to = location.map(|location| format!(" to `{}`", plain(location))).unwrap_or_default();
    Failure::out_of_reach(format!("{url} redirects{to}. Ask there instead."))
}
