// An export of the audit on its way to the operator.

const FIELDS = { "content-type": "application/x-ndjson", "cache-control": "no-store" };

/**
 * A response whose body is page after page. One that cannot be had breaks the body off: what has come so far has no end, and
 * whoever verifies it will say so.
 * @param {{ take(): string, turn(): any }} pages
 */
export function exported(pages) {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async pull(controller) {
      controller.enqueue(encoder.encode(pages.take()));
      pages = await pages.turn();
      if (pages instanceof Error) throw pages;
      if (pages === undefined) controller.close();
    },
  });
  return new Response(body, { headers: FIELDS });
}
