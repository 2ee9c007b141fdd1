//! What reading and judging a message costs, on this machine: `cargo bench`. Ratios within one run mean something;
//! microseconds on a shared machine do not.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement may fail, and needs a clock")]

use std::hint::black_box;
use std::time::Instant;

use tollgate::policy::{Edition, Rulebook, decide};
use tollgate::registry::Server;
use tollgate::wire::{Asked, Head, Message, json, read};

fn call(padding: usize) -> Vec<u8> {
    let code = "x = 1\\n".repeat(padding / 7);
    format!(
        r#"{{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{{"name":"management_execute_command","arguments":{{"command":"{code}"}}}}}}"#
    )
    .into_bytes()
}

/// A call whose arguments are 1,000 small objects.
fn wide() -> Vec<u8> {
    let rows: Vec<String> = (0..1000).map(|row| format!(r#"{{"id":{row},"name":"row {row}","ok":true}}"#)).collect();
    format!(
        r#"{{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{{"name":"load","arguments":{{"rows":[{}]}}}}}}"#,
        rows.join(",")
    )
    .into_bytes()
}

/// Microseconds of the fastest of several batches.
fn fastest(mut step: impl FnMut()) -> f64 {
    let batch = |step: &mut dyn FnMut(), times: u32| {
        let begun = Instant::now();
        (0..times).for_each(|_| step());
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(times)
    };
    let rough = batch(&mut step, 10);
    let times =
        [100_000, 10_000, 1_000, 100].into_iter().find(|times| f64::from(*times) * rough < 50_000.0).unwrap_or(10);
    (0..15).map(|_| batch(&mut step, times)).fold(f64::INFINITY, f64::min)
}

fn main() {
    let policy = br#"{"version":"1","default":"deny","tools":{"execute_command":{"limits":[{"counter":"c","window":"minute","max":10}]}}}"#;
    let edition = Edition::of(policy);
    let server = Server::parse(br#"{"origin":{"url":"https://o.example/mcp"},"preset":"mcp-django"}"#).unwrap();
    let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
    let head = Head::default();

    println!(
        "{:>28} {:>9} {:>12} {:>12} {:>12} {:>14}",
        "message", "bytes", "parse µs", "read µs", "decide µs", "serde Value µs"
    );
    for (name, body) in [
        ("a small call", call(0)),
        ("2 KB of one string", call(2_000)),
        ("60 KB of one string", call(60_000)),
        ("1,000 objects", wide()),
    ] {
        let parsed = fastest(|| drop(black_box(json::parse(black_box(&body)).unwrap())));
        let was_read = fastest(|| drop(black_box(read(&head, black_box(&body)).unwrap())));
        let Ok(Message::Request(request)) = read(&head, &body) else { continue };
        let Asked::Judged(subject) = &request.asked else { continue };
        let decided = fastest(|| drop(black_box(decide(rulebook, black_box(subject)))));
        let value = fastest(|| drop(black_box(serde_json::from_slice::<serde_json::Value>(black_box(&body)).unwrap())));
        println!("{name:>28} {:>9} {parsed:>12.2} {was_read:>12.2} {decided:>12.2} {value:>14.2}", body.len());
    }
    presets(&server);
}

/// What the presets cost: reading the document, which is done once for each version, and deciding one call under it.
fn presets(server: &Server) {
    println!("\n{:>28} {:>9} {:>12} {:>12}", "preset", "bytes", "compile µs", "decide µs");
    let arguments = r#"{"command":"check","args":["--deploy"]}"#;
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{{"name":"management_execute_command","arguments":{arguments}}}}}"#
    );
    let Ok(Message::Request(request)) = read(&Head::default(), body.as_bytes()) else { return };
    let Asked::Judged(subject) = &request.asked else { return };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/presets/mcp-django");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let Ok(document) = std::fs::read(&path) else { continue };
        let edition = Edition::of(&document);
        let Edition::Valid(..) = edition else { continue };
        let rulebook = Rulebook { edition: &edition, aliases: &server.aliases };
        let compiled = fastest(|| drop(black_box(Edition::of(black_box(&document)))));
        let decided = fastest(|| drop(black_box(decide(rulebook, black_box(subject)))));
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        println!("{name:>28} {:>9} {compiled:>12.2} {decided:>12.2}", document.len());
    }
}
