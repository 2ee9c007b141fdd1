// Agents that hold a stream open and read what comes.

import { request } from "node:http";
import { atEnd } from "../leave.mjs";

/**
 * Opens streams and waits until each has had an event.
 * @returns {Promise<{letGo: () => number}>} `letGo` closes them, and tells how many were open until then
 */
export async function hold({ count, url, headers, body }) {
  const streams = await Promise.all(Array.from({ length: count }, () => open(url, headers, body)));
  const close = atEnd(async () => streams.forEach(({ destroy }) => destroy()));
  return {
    letGo: () => {
      const alive = streams.filter((stream) => stream.isOpen()).length;
      close();
      return alive;
    },
  };
}

/** How long the first event may take. */
const PATIENCE = 20_000;

function open(url, headers, body) {
  const asked = request(url, { method: "POST", headers, agent: false });
  let ended = false;
  const stream = { isOpen: () => !ended, destroy: () => asked.destroy() };
  return new Promise((resolve) => {
    const settle = (hasEnded) => {
      ended ||= hasEnded;
      clearTimeout(late);
      resolve(stream);
    };
    const late = setTimeout(settle, PATIENCE, true);
    // What has ended is not open; why, the one who counts does not ask.
    asked.on("error", () => settle(true));
    asked.on("response", (response) => {
      response.on("data", () => settle(response.statusCode !== 200));
      response.on("close", () => settle(true));
    });
    asked.end(body);
  });
}
