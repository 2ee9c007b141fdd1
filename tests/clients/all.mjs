// The clients, in the order of docs/clients.md.
import * as typescript from "./typescript.mjs";
import * as typescriptV1 from "./typescript-v1.mjs";
import * as pythonMcp from "./python-mcp.mjs";
import * as pythonFastmcp from "./python-fastmcp.mjs";
import * as rust from "./rust.mjs";
import * as mcpRemote from "./mcp-remote.mjs";
import * as inspector from "./inspector.mjs";

export const CLIENTS = [typescript, typescriptV1, pythonMcp, pythonFastmcp, rust, mcpRemote, inspector];
