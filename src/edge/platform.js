// The platform, as far as the gateway asks it for something: each function is one thing that it can do, in the form that
// costs least. Nothing is decided here; `platform.rs` is the Rust side of it.

import { kept } from "./fields.js";
import { within } from "./patience.js";

export { body, whole } from "./bodies.js";
export { forget as kvForget, keep as kvKeep, keys as kvKeys, remembered as kvRemembered, stored as kvStored } from "./kv.js";
export { policySchema } from "./schema.js";
export { exported as export } from "./exported.js";
export { page } from "./approve/page.js";
export { pause } from "./patience.js";
export { relay } from "./streams.js";
export { tell } from "./webhook.js";

/**
 * A response of the gateway's own.
 * @param {number} status
 * @param {string} fields header fields, here and below: values by name, as a JSON object
 * @param {Uint8Array | undefined} body
 */
export function respond(status, fields, body) {
  return new Response(body, { status, headers: kept(fields) });
}

/**
 * The body of the origin's response, unread, under header fields of the gateway's own.
 * @param {Response} response
 * @param {string} fields
 */
export function pass(response, fields) {
  return new Response(response.body, { headers: kept(fields) });
}

/**
 * Sends a request, once and without following redirects, and waits for the head of the answer.
 * @param {string} url
 * @param {string} method
 * @param {string} fields
 * @param {Uint8Array | string | undefined} body
 * @param {number} patience milliseconds
 * @returns {Promise<Response | undefined>} nothing if no head came in time; then the request is ended: ours goes on for as long as
 *   its record waits for others
 */
export function send(url, method, fields, body, patience) {
  try {
    const leaving = new AbortController();
    const sent = fetch(url, { method, headers: kept(fields), body, redirect: "manual", signal: leaving.signal });
    return within(patience, undefined, sent, () => leaving.abort());
  } catch (error) {
    // A secret that is no value of a header field, say. Rust hears of it as of any other failure.
    return Promise.reject(error);
  }
}

/**
 * Carries a task on: it waits for one promise after another, and comes to something that is none.
 * @param {{ resume(fulfilled: boolean, value: any): any, free(): void }} task
 * @param {Promise<any>} promise the one that it waits for
 */
export async function carry(task, promise) {
  let outcome = promise;
  do {
    let fulfilled = true;
    let value;
    try {
      value = await outcome;
    } catch (reason) {
      fulfilled = false;
      value = reason;
    }
    outcome = task.resume(fulfilled, value);
  } while (outcome instanceof Promise);
  task.free();
  return outcome;
}

/**
 * Sends an order to the Durable Object that bears a name, and waits for its answer. Once: who does not hear an answer does
 * not know whether the order was carried out.
 * @param {Record<string, any>} env
 * @param {string} binding of the object's class
 * @param {string} name
 * @param {string} order
 * @returns {Promise<string>}
 */
export async function ask(env, binding, name, order) {
  return await env[binding].getByName(name).ask(name, order);
}

/**
 * Has the object woken up.
 * @param {DurableObjectStorage} storage
 * @param {number} at milliseconds since the Unix epoch
 */
export function setAlarm(storage, at) {
  // Like all that is written, it is there before any answer leaves; if it fails, the object starts anew.
  storage.setAlarm(at);
}

/**
 * Runs one statement that gives no rows.
 * @param {SqlStorage} sql
 * @param {string} statement
 * @param {string} parameters a JSON array
 */
export function run(sql, statement, parameters) {
  sql.exec(statement, ...JSON.parse(parameters));
}

/**
 * Runs one statement; gives its rows as a JSON array of arrays.
 * @param {SqlStorage} sql
 * @param {string} statement
 * @param {string} parameters a JSON array
 */
export function rows(sql, statement, parameters) {
  return JSON.stringify(sql.exec(statement, ...JSON.parse(parameters)).raw().toArray());
}
