//! The Rust client (`rmcp`, unmodified), told by lines on standard input what to do: see ../../support/spoken.mjs.

use std::error::Error;
use std::io::{self, BufRead, Lines, StdinLock};
use std::process::ExitCode;

use rmcp::model::ProtocolVersion;
use rmcp::service::{ClientLifecycleMode, ClientServiceExt};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;

use rmcp::model::{CallToolRequestParams, CallToolResult, JsonObject};
use rmcp::service::{Peer, RoleClient};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match converse().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn converse() -> Result<(), Box<dyn Error>> {
    let mut lines = io::stdin().lock().lines();
    let grant = next(&mut lines)?.ok_or("nobody said where to connect")?;
    let [url, token, era] = ["url", "token", "era"].map(|member| grant[member].as_str().unwrap_or_default().to_owned());
    let lifecycle = match era.as_str() {
        "legacy" => ClientLifecycleMode::Initialize,
        _ => ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
    };

    let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(token);
    let client = ().serve_with_lifecycle(StreamableHttpClientTransport::from_config(config), lifecycle).await?;

    say(&json!({ "protocol": client.peer_info().map(|peer| peer.protocol_version.to_string()) }));
    while let Some(asked) = next(&mut lines)? {
        say(&answer(&client, &asked).await?);
    }
    client.cancel().await?;
    Ok(())
}

async fn answer(client: &Peer<RoleClient>, asked: &Value) -> Result<Value, Box<dyn Error>> {
    if asked["do"] == "list" {
        let tools = client.list_all_tools().await?;
        return Ok(tools.into_iter().map(|tool| tool.name.into_owned()).collect());
    }
    let tool = asked["tool"].as_str().unwrap_or_default().to_owned();
    let arguments: JsonObject = asked["arguments"].as_object().cloned().unwrap_or_default();
    let result = client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await?;
    Ok(plain(&result))
}

fn plain(result: &CallToolResult) -> Value {
    let texts: Vec<&str> =
        result.content.iter().filter_map(|content| content.as_text()).map(|text| text.text.as_str()).collect();
    json!({
        "isError": result.is_error == Some(true),
        "text": texts.join("\n"),
        "denial": result.meta.as_ref().and_then(|meta| meta.get("tollgate/denial")),
    })
}

fn next(lines: &mut Lines<StdinLock<'static>>) -> Result<Option<Value>, Box<dyn Error>> {
    Ok(lines.next().transpose()?.map(|line| serde_json::from_str(&line)).transpose()?)
}

fn say(answer: &Value) {
    println!("{answer}");
}
