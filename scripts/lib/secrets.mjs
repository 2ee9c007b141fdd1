// Secrets, and how they are made: the gateway's own two, and the key that it shows to an origin.

import { randomBytes } from "node:crypto";
import { Trouble } from "./trouble.mjs";

const SHORTEST_ADMIN_TOKEN = 32;

export const newAdminToken = () => randomBytes(32).toString("base64url");

/** The admin secret, or a sentence about why it is none. */
export function adminToken(given) {
  if (given.length >= SHORTEST_ADMIN_TOKEN && /^[\x21-\x7e]+$/.test(given)) return given;
  throw new Trouble(
    `ADMIN_TOKEN must be at least ${SHORTEST_ADMIN_TOKEN} printable characters without spaces; it opens the admin API to whoever has it. ` +
      "A good one: `openssl rand -base64 33`.",
  );
}

/** A key that seals session ids and signs the audit: its id, a dot, 256 bits. */
export const newSealKey = () => `${randomBytes(3).toString("hex")}.${randomBytes(32).toString("base64url")}`;

/** A key that opens an origin to its gateway, as `python -m tollgate_django key` makes it. */
export const newOriginKey = () => randomBytes(32).toString("base64url");
