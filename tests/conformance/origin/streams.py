"""The tools whose answer is a stream, or reaches the streams of others: messages, progress, a break, changes of what is offered."""

import anyio
import mcp_types as types
from mcp.server.subscriptions import InMemorySubscriptionBus, PromptsListChanged, ToolsListChanged

from .catalogue import Request
from .tools import said, tool

CHANGES = InMemorySubscriptionBus()
PAUSE_S = 0.05


async def log(request: Request, words: str) -> None:
    await request.session.send_log_message("info", words, related_request_id=request.id)


@tool("test_tool_with_logging", "Logs three times while it works.")
async def logging(request: Request) -> types.CallToolResult:
    await log(request, "Tool execution started")
    await anyio.sleep(PAUSE_S)
    await log(request, "Tool processing data")
    await anyio.sleep(PAUSE_S)
    await log(request, "Tool execution completed")
    return said("Tool with logging executed successfully")


@tool("test_logging_tool", "Logs once; in the modern era only who asked for it may hear of it.")
async def logging_if_asked(request: Request) -> types.CallToolResult:
    await log(request, "Heard by those who asked for it")
    return said("Logged")


@tool("test_tool_with_progress", "Reports its progress three times.")
async def progress(request: Request) -> types.CallToolResult:
    for done in (0, 50, 100):
        await request.session.report_progress(done, 100, f"Completed step {done} of 100")
        await anyio.sleep(PAUSE_S)
    return said("Tool with progress executed successfully")


@tool("test_reconnection", "Closes its own stream halfway; what it says then waits for who comes back.")
async def reconnection(request: Request) -> types.CallToolResult:
    await log(request, "Before the break")
    if request.context.close_sse_stream is not None:
        await request.context.close_sse_stream()
    await anyio.sleep(4 * PAUSE_S)
    await log(request, "After the break")
    return said("Reconnection test completed")


@tool("test_trigger_tool_change", "Tells whoever listens that the tools have changed.")
async def tools_change(_: Request) -> types.CallToolResult:
    await CHANGES.publish(ToolsListChanged())
    return said("Told")


@tool("test_trigger_prompt_change", "Tells whoever listens that the prompts have changed.")
async def prompts_change(_: Request) -> types.CallToolResult:
    await CHANGES.publish(PromptsListChanged())
    return said("Told")
