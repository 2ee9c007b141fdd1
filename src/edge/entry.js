// The Worker as the platform sees it. Each request and each order goes on to the gateway, which is WebAssembly; nothing is
// decided here.

import { DurableObject } from "cloudflare:workers";
import * as gateway from "tollgate";
import { body } from "tollgate-platform";

/** The header fields that the gateway nearly always asks for, read in one go. */
const FIELDS = gateway.fieldNames().split("\n");
const MOST_BYTES = gateway.mostBytes();

export default {
  /** @param {Request} request @param {Env} env @param {ExecutionContext} context */
  async fetch(request, env, context) {
    mend();
    try {
      // The response, or who wants to say something: the body is read only now that it is known who sends it.
      let arrived = gateway.arrive(request, head(request), env, context);
      if (arrived instanceof Promise) arrived = await arrived;
      return arrived instanceof gateway.Passage ? await arrived.message(await body(request, MOST_BYTES)) : arrived;
    } catch (error) {
      heed(error);
      console.error("unexpected:", error);
      return new Response("The gateway failed. What has not been forwarded is not forwarded any more.\n", { status: 500 });
    }
  },
};

/** The request line and the fields, a line each; a field that is there begins with `=`. @param {Request} request */
function head({ method, url, headers }) {
  const lines = [method, url];
  for (const name of FIELDS) {
    const value = headers.get(name);
    lines.push(value === null ? "" : `=${value}`);
  }
  return lines.join("\n");
}

/** What a new instance of the WebAssembly changes: all that was made by the one before is dead. */
const instance = gateway.__worker_init_state();

/** Whether a trap has broken the instance. */
let broken = false;
addEventListener("error", ({ error }) => heed(error));

/** @param {unknown} error what a call of the gateway has thrown */
function heed(error) {
  broken ||= error instanceof WebAssembly.RuntimeError;
}

/**
 * After a trap wasm-bindgen makes a new instance for the next call; but it hands the arguments over before it does. So a call
 * without any comes first.
 */
function mend() {
  if (!broken) return;
  gateway.mostBytes();
  broken = false;
}

/**
 * A Durable Object whose state is in SQLite, and whose thinking is a Rust type that takes one order at a time.
 * @param {new (storage: DurableObjectStorage, sql: SqlStorage, env: Env) => Mind} Mind
 * @typedef {{ ask(name: string, order: string): string | Error | Promise<string | Error>, alarm?(): string | Error }} Mind
 */
const thinking = (Mind) =>
  class extends DurableObject {
    #mind;
    #madeBy;

    /** @param {string} name what this object is called by @param {string} order */
    async ask(name, order) {
      return this.#heeding((mind) => mind.ask(name, order));
    }

    async alarm() {
      await this.#heeding((mind) => mind.alarm());
    }

    /** @param {(mind: Mind) => string | Error | Promise<string | Error>} think */
    async #heeding(think) {
      mend();
      try {
        if (this.#madeBy !== instance.instanceId) {
          this.#mind = new Mind(this.ctx.storage, this.ctx.storage.sql, this.env);
          this.#madeBy = instance.instanceId;
        }
        // What need not wait is answered in this very turn.
        let answer = think(this.#mind);
        if (answer instanceof Promise) answer = await answer;
        if (answer instanceof Error) throw answer;
        return answer;
      } catch (error) {
        heed(error);
        throw error;
      }
    }
  };

export const Ledger = thinking(gateway.Ledger);
export const Head = thinking(gateway.Head);
