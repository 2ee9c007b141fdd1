// Somebody else's web site. It is of another site where it is reached as `localhost`, and only of another origin as `127.0.0.1`:
// cookies know no ports, so there the browser brings the strict one along.
import http from "node:http";

/** Serves pages that a test sets in `pages`, by path. Ends with the test. */
export async function attacker(t) {
  const pages = {};
  const server = http.createServer((request, response) => {
    const page = pages[request.url];
    response.writeHead(page === undefined ? 404 : 200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(page ?? "");
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => new Promise((closed) => server.close(closed).closeAllConnections()));
  const { port } = server.address();
  return { pages, sites: { "another site": `http://localhost:${port}`, "the same site, another origin": `http://127.0.0.1:${port}` } };
}
