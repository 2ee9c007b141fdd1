// Names of tools and URIs of resources that look like others, or become others when somebody decodes or trims them.
// mcp-spec.md §5.1 (name matching), §4.4.8 (URI normalisation); github/gh-aw#22908 and kin (aliases), CVE-2026-29791 (paths).
import { call, request } from "../support/phrase.mjs";

const NAMES = [
  "$BAD ", " $BAD", "$BAD\\n", "$BAD\\r\\n", "\\t$BAD", "$BAD\\u0000", "$BAD\\u0000.txt", "\\u0000$BAD", "$GOOD\\u0000$BAD", "$GOOD\\n$BAD",
  "$GOOD,$BAD", "$GOOD;$BAD",
  "SHELL_EXECUTE", "Shell_Execute", "shell\\u2010execute", "shell-execute", "shell.execute", "shell/execute", "shell execute", "shell\\u005fexecute",
  "ｓｈｅｌｌ＿ｅｘｅｃｕｔｅ",
  "\\u017fhell_execute", "shell_e\\u0445ecute", "shel\\u2113_execute", "s\\u200bhell_execute", "shell_execute\\u200d", "\\u202eetucexe_llehs",
  "shell_execute\\u0301", "\\ufeffshell_execute",
  "tool:$BAD", "$BAD@1", "$BAD?x=1", "$BAD#x", "$BAD/", "./$BAD", "../$BAD", "$GOOD/../$BAD", "%73hell_execute", "$BAD%00", "execute",
  "shell__execute", "django_shell_execute", "*", "shell_*", "", "a\\u0062", "$BAD\\ud800",
  "$GOOD ", "$GOOD\\u0000", "Project_list_apps", "project_li\\u017ft_apps", "project-list-apps", "constructor", "__proto__", "toString",
  "x".repeat(128), "x".repeat(129), "x".repeat(100_000),
];

const URIS = [
  "django://project/setting/SECRET_KEY", "django://project/setting/SECRET%5FKEY", "django://project/setting/%53ECRET_KEY",
  "django://project/setting/SECRET_KEY?x=1", "django://project/setting/SECRET_KEY#f",
  "django://project/apps/../setting/SECRET_KEY", "django://project/apps%2f..%2fsetting%2fSECRET_KEY", "django://project/apps%252f..",
  "django://project/./setting/SECRET_KEY", "django://project//setting/SECRET_KEY",
  "DJANGO://project/setting/SECRET_KEY", "django://PROJECT/setting/SECRET_KEY", "django:/project/setting/SECRET_KEY",
  "django:project/setting/SECRET_KEY", "//project/setting/SECRET_KEY", "project/setting/SECRET_KEY",
  "django://project\\\\setting\\\\SECRET_KEY", "django://user@project/setting/SECRET_KEY", "django://project:80/setting/SECRET_KEY",
  " django://project/setting/SECRET_KEY", "django://project/setting/SECRET_KEY\\u0000", "django://project/setting/SECRET_KEY\\n",
  "django://project/setting/SECRET_KEY/", "django://project/setting/SECRET_KEY%00", "django://project/setting/%C0%AF",
  "django://project/setting/SECRET_%4bEY", "file:///etc/passwd", "http://127.0.0.1/", "data:,x", "",
];

export default [
  ...NAMES.map((name) => ({
    what: `the name «${name.slice(0, 60)}»`,
    body: call(`"name":"${name}","arguments":{"code":"$CODE"}`),
    mirrors: { name: "$BAD" },
  })),
  // The header says what the body says, as far as a header can.
  ...NAMES.filter((name) => /^[\x20-\x7e]+$/.test(name) && name.length < 200).map((name) => ({
    what: `the name «${name}», mirrored as it is written`,
    eras: ["modern"],
    body: call(`"name":"${name}","arguments":{"code":"$CODE"}`),
    mirrors: { name },
  })),
  ...URIS.flatMap((uri) =>
    ["resources/read", "resources/subscribe"].map((method) => ({
      what: `${method} «${uri}»`,
      body: request(method, `"uri":"${uri}"`),
      mirrors: { method, name: uri.replaceAll(/\\u0000|\\n/g, "") },
    })),
  ),
  ...URIS.slice(0, 12).map((uri) => ({
    what: `a tool, with the uri «${uri}» beside`,
    body: call(`"name":"$GOOD","uri":"${uri}","arguments":{}`),
  })),
];
