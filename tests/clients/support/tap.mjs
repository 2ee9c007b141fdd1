// A tap in the line between one client and the gateway: every byte passes as it is, and what the client asked for is written down.
import { once } from "node:events";
import net from "node:net";
import { LOOPBACK } from "../../../scripts/lib/ports.mjs";

// No body can hold one: JSON escapes its line ends.
const REQUEST = /(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/\S*) HTTP\/1\.1\r\n(?:[\w-]+:[^\r\n]*\r\n)*/g;
const REVISION = /^mcp-protocol-version: *(.*?) *\r$/im;

/** Opens one before `url`: `url` leads through it. */
export async function tap(url) {
  const { hostname, port, pathname } = new URL(url);
  const lines = [];
  const sockets = new Set();
  const server = net.createServer((client) => {
    const gateway = net.connect(Number(port), hostname);
    const line = [];
    lines.push(line);
    client.on("data", (bytes) => line.push(bytes));
    client.pipe(gateway).pipe(client);
    for (const [one, other] of [[client, gateway], [gateway, client]]) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => sockets.delete(one));
    }
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return {
    url: `http://${LOOPBACK}:${server.address().port}${pathname}`,
    /** What was asked for: `{ method, path, revision }`, connection by connection. */
    requests: () => lines.flatMap((line) => [...Buffer.concat(line).toString("latin1").matchAll(REQUEST)].map(read)),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function read([head, method, path]) {
  return { method, path, revision: head.match(REVISION)?.[1] };
}
