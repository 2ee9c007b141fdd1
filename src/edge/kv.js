// The KV namespace of the gateway.

/** Seconds for which one place answers from its memory. The least that the platform takes. */
const CACHED = 30;

/**
 * The text under a key, as this place remembers it.
 * @param {Record<string, any>} env
 * @param {string} key
 * @returns {Promise<string | null>}
 */
export const remembered = async (env, key) => env.CONFIG.get(key, { type: "text", cacheTtl: CACHED });

/**
 * The text under a key, as fresh as KV has it here.
 * @param {Record<string, any>} env
 * @param {string} key
 * @returns {Promise<string | null>}
 */
export const stored = async (env, key) => env.CONFIG.get(key, "text");

/**
 * Keeps a text under a key.
 * @param {Record<string, any>} env
 * @param {string} key
 * @param {string} text
 * @param {string | undefined} metadata as JSON
 */
export const keep = async (env, key, text, metadata) =>
  env.CONFIG.put(key, text, metadata === undefined ? {} : { metadata: JSON.parse(metadata) });

/**
 * Takes a key away.
 * @param {Record<string, any>} env
 * @param {string} key
 */
export const forget = async (env, key) => env.CONFIG.delete(key);

/**
 * One page of the keys that begin with `prefix`.
 * @param {Record<string, any>} env
 * @param {string} prefix
 * @param {number} limit
 * @param {string | undefined} cursor where the page begins
 * @returns {Promise<string>} as JSON: [[[key, metadata or null], …], cursor of the next page or null]
 */
export async function keys(env, prefix, limit, cursor) {
  const page = await env.CONFIG.list({ prefix, limit, cursor });
  const named = page.keys.map(({ name, metadata }) => [name, metadata ?? null]);
  return JSON.stringify([named, page.list_complete ? null : page.cursor]);
}
