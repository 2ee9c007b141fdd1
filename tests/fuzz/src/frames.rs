//! The splitter: however the bytes are cut, it shows what the standard's reader shows.

use tollgate::wire::sse::{Broken, Event, Frame, Splitter};

use crate::sse::{self, Seen};

/// # Panics
/// If a cut changes what is seen, or it is not what `seen` is.
pub fn check(seen: &[Seen], ways: &[Vec<&[u8]>]) {
    for chunks in ways {
        let mut splitter = Splitter::default();
        let mut frames = Vec::new();
        for chunk in chunks {
            let mut more = Vec::new();
            let split = splitter.push(chunk, &mut more);
            frames.extend(more.into_iter().map(as_seen));
            if let Err(broken) = split {
                assert_eq!(broken, Broken::NotUtf8);
                frames.push(Seen::NotUtf8);
                break;
            }
        }
        assert_eq!(frames, seen, "cut as {:?}", chunks.iter().map(|chunk| chunk.len()).collect::<Vec<_>>());
    }
}

fn as_seen(frame: Frame) -> Seen {
    match frame {
        Frame::Comment => Seen::Comment,
        Frame::Event(event) => {
            let is_message = event.is_message();
            let Event { name, data, id, retry } = event;
            let kind = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "message".to_owned());
            assert_eq!(is_message, kind == "message", "an event of the type `{kind}`");
            Seen::Event(sse::Event { kind, data: data.expect("an event without data is none"), id, retry })
        }
    }
}
