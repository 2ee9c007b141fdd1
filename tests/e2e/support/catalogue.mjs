// What the fixture origin offers: the live names of mcp-django, and oddities that a gateway must leave as they are.

const tool = (name, more = {}) => ({
  name,
  description: `${name} – fixture`,
  inputSchema: { type: "object", properties: {}, additionalProperties: true },
  ...more,
});

export const TOOLS = [
  tool("management_execute_command", { annotations: { destructiveHint: true } }),
  tool("management_list_commands"),
  tool("project_get_setting", { _meta: { fastmcp: { tags: ["project"] } }, unheardOf: { kept: [1, null, "ü"] } }),
  tool("project_list_apps"),
  tool("shell_execute"),
  tool("shell_export_history"),
];

export const PROMPTS = [
  { name: "review", description: "Reviews a model", arguments: [{ name: "model", required: true }] },
  { name: "draft_mail", description: "Drafts a mail" },
  { name: "draft_note", description: "Drafts a note" },
];

export const RESOURCES = [
  { uri: "django://project/apps", name: "apps" },
  { uri: "django://project/models", name: "models" },
];

export const TEMPLATES = [{ uriTemplate: "django://project/setting/{key}", name: "setting" }];

/** Under which key each list method lists. */
export const LISTS = {
  "tools/list": "tools",
  "prompts/list": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resourceTemplates",
};
