// The shim: adds the Authorization of a grant to each request that passes, and nothing else. A suite sends header fields of its own, and
// none that a gateway asks for. It works on the connection's bytes, so that all else arrives as it was sent: the host, the spelling and
// the spaces of header fields, each event when it is written, and each end and break, either way.
import { once } from "node:events";
import net from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LOOPBACK } from "../../../scripts/lib/ports.mjs";

const END_OF_HEAD = "\r\n\r\n";
const LONGEST_HEAD = 64 * 1024;

/** Listens on a free loopback port. `lead(port, authorization)` says where its connections lead, and what is added on the way. */
export async function startShim() {
  let led;
  const sockets = new Set();
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = net.connect({ host: LOOPBACK, port: led.port, allowHalfOpen: true, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    // An end is passed on by the pipelines, a break by a break; these listeners come before those of the pipelines, which would end politely.
    near.on("error", () => far.resetAndDestroy());
    far.on("error", () => near.resetAndDestroy());
    const grant = new Grant(led.authorization);
    grant.on("error", () => [near, far].forEach((socket) => socket.resetAndDestroy()));
    for (const way of [pipeline(near, grant, far), pipeline(far, near)]) way.catch(() => {});
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    origin: `http://${LOOPBACK}:${server.address().port}`,
    lead: (port, authorization) => (led = { port, authorization }),
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Requests, one after another, as they come in on one connection. */
class Grant extends Transform {
  #line;
  #head = "";
  #body = 0;

  constructor(authorization) {
    super();
    this.#line = `Authorization: ${authorization}\r\n`;
  }

  _transform(chunk, _, done) {
    try {
      // latin1 gives each byte a character, and takes it back.
      for (let rest = chunk.toString("latin1"); rest !== ""; ) rest = this.#body > 0 ? this.#inBody(rest) : this.#inHead(rest);
      done();
    } catch (error) {
      done(error);
    }
  }

  #inBody(text) {
    const part = text.slice(0, this.#body);
    this.#body -= part.length;
    this.push(part, "latin1");
    return text.slice(part.length);
  }

  #inHead(text) {
    this.#head += text;
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (this.#head.length > LONGEST_HEAD) throw new Error("a request whose head has no end");
      return "";
    }
    const head = this.#head.slice(0, end + END_OF_HEAD.length);
    const rest = this.#head.slice(head.length);
    this.#head = "";
    if (/^transfer-encoding:/im.test(head)) throw new Error("a chunked request, which the shim cannot follow");
    this.#body = Number(head.match(/^content-length:[ \t]*(\d+)/im)?.[1] ?? 0);
    const afterFirstLine = head.indexOf("\r\n") + 2;
    this.push(head.slice(0, afterFirstLine) + this.#line + head.slice(afterFirstLine), "latin1");
    return rest;
  }
}
