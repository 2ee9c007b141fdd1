"""Runs the fixture origin on a loopback port: `python -m origin PORT`, where 0 takes a free one."""

import sys
import warnings

import uvicorn
from mcp.shared.exceptions import MCPDeprecationWarning

# Sampling, roots and logging are deprecated since 2026-07-28; the suites of the revisions before ask for them.
warnings.filterwarnings("ignore", category=MCPDeprecationWarning)

from .server import application  # noqa: E402  it declares handlers for what is deprecated

if len(sys.argv) != 2 or not sys.argv[1].isdigit():
    sys.exit("Usage: python -m origin PORT (0 takes a free one)")
uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=False)
