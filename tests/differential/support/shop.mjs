// The real mcp-django, alone and behind the gateway: what an attack does there, it leaves a mark of.
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startShop } from "../../../scripts/lib/shop.mjs";
import { rpc } from "../../e2e/support/agent.mjs";
import { initialize } from "../../e2e/support/message.mjs";
import { answerFaults } from "./answer.mjs";
import { BAD, bytesOf, GOOD } from "./message.mjs";
import { send } from "./wire.mjs";

/** The secret of the shop's settings, which nobody may read; it looks like nothing else. */
const SECRET = "the-shops-secret-5d0c6f1e9a7b4c2d8e3f";

/** Starts the shop with a folder in which attacks leave their marks. */
export async function startMarkedShop() {
  process.env.SHOP_SECRET_KEY = SECRET;
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-marks-"));
  const shop = await startShop();
  return {
    url: shop.url,
    folder,
    stop: async () => {
      await shop.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A way to the shop: its own URL and no token, or the gateway's. Each has marks of its own. */
export class Way {
  #lastId = 0;
  #previous = "(none)";
  #marked = 0;

  constructor({ name, url, token, folder }) {
    const { hostname, port, pathname } = new URL(url);
    Object.assign(this, { name, url, token, marks: path.join(folder, name), place: { host: hostname, port: Number(port) } });
    const place = { HOST: `${hostname}:${port}`, PREFIX: pathname.replace("/mcp", "") };
    this.values = { GOOD, BAD, TOKEN: token ?? "none", ASKED: "none", STOLEN: "none", ...place };
  }

  async begin() {
    await mkdir(this.marks, { recursive: true });
    this.values.SESSION = await this.#session();
    this.values.FOREIGN = await this.#session();
    return this;
  }

  async #session() {
    return (await rpc(this.url, this.token, initialize())).headers["mcp-session-id"];
  }

  /** Sends a message: `{ executed, leaked, faults, done, report }`; `done` says that a tool has answered. */
  async try(message) {
    const id = (this.#lastId += 1);
    const values = { ...this.values, ID: id, CODE: `open('${path.join(this.marks, String(id))}','w').close()` };
    const { raw, body, lingers } = bytesOf(message, values);
    const surely = !lingers && message.method === "POST";
    const { answers, received } = await send(this.place, raw, { lingers, surely });
    const marks = await this.marksMade();
    const executed = marks > this.#marked;
    this.#marked = marks;
    const leaked = received.includes(SECRET);
    const done = answers.some((answer) => answer.status === 200 && /"isError":false/.test(answer.text));
    const faults = answers.flatMap((answer) => answerFaults(answer, message, lingers ? Buffer.alloc(0) : body));
    const report = { message, raw, received, previous: this.#previous };
    this.#previous = message.what;
    if (message.method === "DELETE") await this.begin();
    return { executed, leaked, faults, done, report };
  }

  async marksMade() {
    return (await readdir(this.marks)).length;
  }
}
