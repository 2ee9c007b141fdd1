// Ports of this machine's own address.

import { randomInt } from "node:crypto";
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
  if (port === 0) return (await freePorts(1))[0];
  const fault = await listening(port);
  if (fault === null) return port;
  const why = fault.code === "EADDRINUSE" ? "is taken by another program" : `cannot be had (${fault.message})`;
  throw new Trouble(`Port ${port}, where ${name} should listen, ${why}. End that program, or choose another port: ${variable}=${port + 1} before the command.`);
}

/**
 * Some ports that are free, no two the same. They are not those that the system itself hands out (32768 and up on Linux, 49152
 * and up elsewhere): any socket that is opened without a port, also by the program that is to listen here, could get one first.
 */
export async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = randomInt(10_240, 32_768);
    const fault = await listening(port);
    if (fault === null) ports.add(port);
    else if (fault.code !== "EADDRINUSE") throw new Trouble(`No port of ${LOOPBACK} can be had: ${fault.message}`);
  }
  return [...ports];
}

/** Listens for a moment; gives why that could not be, or null. */
async function listening(port) {
  const server = createServer();
  const fault = await new Promise((resolve) => {
    server.on("error", resolve);
    server.listen(port, LOOPBACK, () => resolve(null));
  });
  if (fault === null) await new Promise((resolve) => server.close(resolve));
  return fault;
}
