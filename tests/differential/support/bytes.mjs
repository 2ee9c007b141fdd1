// The bytes of a text in every encoding that a reader might guess, and what such readers make of bytes.
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";

const swapped = (bytes) => Buffer.from(bytes).swap16();
const utf32 = (text, little) => {
  const points = Array.from(text, (character) => character.codePointAt(0));
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, index) => (little ? bytes.writeUInt32LE(point, index * 4) : bytes.writeUInt32BE(point, index * 4)));
  return bytes;
};
const BOM = "\uFEFF";

/** Text to bytes, by the name of the encoding. */
export const ENCODINGS = {
  "utf-8": (text) => Buffer.from(text, "utf8"),
  "utf-8 with BOM": (text) => Buffer.from(BOM + text, "utf8"),
  "utf-8 with two BOMs": (text) => Buffer.from(BOM + BOM + text, "utf8"),
  "utf-16le": (text) => Buffer.from(text, "utf16le"),
  "utf-16le with BOM": (text) => Buffer.from(BOM + text, "utf16le"),
  "utf-16be": (text) => swapped(Buffer.from(text, "utf16le")),
  "utf-16be with BOM": (text) => swapped(Buffer.from(BOM + text, "utf16le")),
  "utf-32le": (text) => utf32(text, true),
  "utf-32le with BOM": (text) => utf32(BOM + text, true),
  "utf-32be": (text) => utf32(text, false),
  "utf-32be with BOM": (text) => utf32(BOM + text, false),
  "utf-7": (text) => Buffer.from(text.replaceAll("+", "+-").replaceAll('"', "+ACI-"), "latin1"),
  latin1: (text) => Buffer.from(text, "latin1"),
  "overlong utf-8": (text) => Buffer.from(Array.from(Buffer.from(text), (byte) => (byte === 0x22 ? [0xc0, 0xa2] : [byte])).flat()),
  gzip: (text) => gzipSync(text),
  deflate: (text) => deflateSync(text),
  br: (text) => brotliCompressSync(text),
};

/** A text as one guesses it from bytes: by their compression, their BOM, or where the zeros are (RFC 4627, section 3). */
export function guessed(bytes) {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return guessed(gunzipSync(bytes));
    } catch {
      return "";
    }
  }
  const zeros = [0, 1, 2, 3].map((index) => (bytes[index] === 0 ? "0" : "x")).join("");
  const [first, second] = bytes;
  if (bytes.length >= 4 && (zeros === "000x" || (zeros.startsWith("00") && first === 0))) return fromUtf32(bytes, false);
  if (bytes.length >= 4 && (zeros === "x000" || zeros === "xx00")) return fromUtf32(bytes, true);
  if ((first === 0xfe && second === 0xff) || zeros === "0x0x") return decoded("utf-16be", bytes);
  if ((first === 0xff && second === 0xfe) || zeros === "x0x0") return decoded("utf-16le", bytes);
  return decoded("utf-8", bytes);
}

const decoded = (label, bytes) => new TextDecoder(label).decode(bytes);

function fromUtf32(bytes, little) {
  let text = "";
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    text += point > 0x10ffff ? "\uFFFD" : String.fromCodePoint(point);
  }
  return text.replace(/^\uFEFF/, "");
}

/** Bytes as one line of text that can be read, and pasted into `printf %b`. */
export function escaped(bytes, most = 4000) {
  const text = Array.from(bytes.subarray(0, most), (byte) => {
    if (byte === 0x0a) return "\\n\n";
    if (byte === 0x0d) return "\\r";
    if (byte === 0x5c) return "\\\\";
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  return bytes.length > most ? `${text}… (${bytes.length} bytes)` : text;
}
