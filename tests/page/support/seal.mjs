// Sessions of the page as the gateway seals them: XChaCha20-Poly1305 under keys that are derived from SEAL_KEY (src/wire/seal.rs).
// Whoever has that key can make any session; the tests make those for which one would have to wait.
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { SEAL_KEY } from "../../e2e/support/gateway.mjs";

/** The cookie's value for somebody who has shown a token, until then. `who`: `{ operator: NAME }` or `"user"`. */
export function sessionOf(who, token, until) {
  const hash = createHash("sha256").update(token).digest("hex");
  return seal(["approval session"], JSON.stringify([who, hash, until]));
}

function seal(binding, text) {
  const [id, key] = SEAL_KEY.split(".");
  const master = Buffer.from(key, "base64url");
  const bound = Buffer.concat(binding.flatMap((part) => [length(part), Buffer.from(part)]));
  const value = Buffer.from(text);
  const nonce = mac(mac(master, "tollgate nonce"), Buffer.concat([length(bound), bound, value])).subarray(0, 24);
  const cipher = createCipheriv(
    "chacha20-poly1305",
    hchacha20(mac(master, "tollgate seal"), nonce.subarray(0, 16)),
    Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]),
    { authTagLength: 16 },
  );
  cipher.setAAD(bound, { plaintextLength: value.length });
  const sealed = Buffer.concat([cipher.update(value), cipher.final(), cipher.getAuthTag()]);
  return `${id}.${Buffer.concat([nonce, sealed]).toString("base64url")}`;
}

const mac = (key, message) => createHmac("sha256", key).update(message).digest();

function length(part) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Buffer.byteLength(part)));
  return bytes;
}

/** draft-irtf-cfrg-xchacha-03, section 2.2. */
function hchacha20(key, nonce) {
  const words = (bytes) => Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readUInt32LE(4 * n));
  const state = Uint32Array.from([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...words(key), ...words(nonce)]);
  const turn = (word, bits) => (word << bits) | (word >>> (32 - bits));
  const quarter = (a, b, c, d) => {
    for (const [first, second] of [[16, 12], [8, 7]]) {
      state[a] += state[b];
      state[d] = turn(state[d] ^ state[a], first);
      state[c] += state[d];
      state[b] = turn(state[b] ^ state[c], second);
    }
  };
  for (let round = 0; round < 10; round += 1) {
    for (let n = 0; n < 4; n += 1) quarter(n, n + 4, n + 8, n + 12);
    for (let n = 0; n < 4; n += 1) quarter(n, 4 + ((n + 1) % 4), 8 + ((n + 2) % 4), 12 + ((n + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((word, n) => out.writeUInt32LE(state[word], 4 * n));
  return out;
}
