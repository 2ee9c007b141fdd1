"""The fixture origin: an MCP server on the official Python SDK that offers, in both eras, what the conformance suites look for."""
