// The least that any gateway on Workers does: forward the request, stream the answer back.

import { env } from "cloudflare:workers";

const { ORIGIN } = env;

export default {
  fetch: (request) => fetch(new Request(ORIGIN, request)),
};
