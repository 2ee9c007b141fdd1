// Bodies that are read as a whole.

import { Chunks, joined } from "./chunks.js";
import { within } from "./patience.js";

/**
 * The whole body of a request.
 * @param {Request} request
 * @param {number} most bytes
 * @returns {Promise<Uint8Array | undefined>} nothing if it has more; one whose length nobody announced is counted as it comes
 */
export async function body(request, most) {
  const announced = request.headers.get("content-length");
  if (announced !== null) return Number(announced) <= most ? new Uint8Array(await request.arrayBuffer()) : undefined;
  // A request without a body has no stream.
  return request.body === null ? new Uint8Array() : gathered(new Chunks(request.body), most);
}

/** Bytes of a body that is not worth reading piece by piece: it comes in one or two. */
const SMALL = 64 * 1024;

/**
 * The whole body of a response.
 * @param {Response} response
 * @param {number} most bytes
 * @param {number} idle milliseconds for which nothing may come
 * @returns {Promise<Uint8Array | ArrayBuffer | undefined | null>} nothing if it has more, null if it fell silent
 */
export async function whole(response, most, idle) {
  const announced = response.headers.get("content-length");
  // What is compressed is announced as it is sent, and may become any size.
  const small = announced !== null && Number(announced) <= SMALL && !response.headers.has("content-encoding");
  if (small) return within(idle, null, response.arrayBuffer());
  if (response.body === null) return new Uint8Array();
  const chunks = new Chunks(response.body);
  chunks.tickEvery(idle / SILENT_TICKS);
  return gathered(chunks, most);
}

/** After how many ticks in a row a body has fallen silent. */
const SILENT_TICKS = 4;

/** @param {Chunks} chunks @param {number} most */
async function gathered(chunks, most) {
  const parts = [];
  let size = 0;
  let ticks = 0;
  try {
    for (;;) {
      const heard = await chunks.next();
      ticks = heard === undefined ? ticks + 1 : 0;
      if (ticks > SILENT_TICKS) return null;
      if (heard === undefined) continue;
      if (heard.done) break;
      parts.push(heard.value);
      size += heard.value.byteLength;
      if (size > most) return undefined;
    }
  } finally {
    chunks.close();
  }
  return joined(parts, size);
}
