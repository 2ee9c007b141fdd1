// Ports of this machine's own address.

import { createServer } from "node:net";
import { Trouble } from "./trouble.mjs";

export const LOOPBACK = "127.0.0.1";

/** The port that a variable of the environment asks for, or the usual one. 0 stands for any free one. */
export function wantedPort(variable, usual) {
  const asked = process.env[variable] ?? String(usual);
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65_535) throw new Trouble(`${variable}=${asked} is no port; give a number from 0 (any free one) to 65535.`);
  return port;
}

/** Makes sure that a port can be had, before anything is started for it; gives its number. */
export async function freePort(port, { name, variable }) {
  const server = createServer();
  const fault = await new Promise((resolve) => {
    server.on("error", resolve);
    server.listen(port, LOOPBACK, () => resolve(null));
  });
  if (fault !== null) {
    const why = fault.code === "EADDRINUSE" ? "is taken by another program" : `cannot be had (${fault.message})`;
    throw new Trouble(`Port ${port}, where ${name} should listen, ${why}. End that program, or choose another port: ${variable}=${port + 1} before the command.`);
  }
  const given = server.address().port;
  await new Promise((resolve) => server.close(resolve));
  return given;
}

/** Some ports that are free, no two the same. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise((resolve, reject) => server.once("error", reject).listen(0, LOOPBACK, resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
