// Asks a ledger of the gateway directly, many orders at a time, so that what is measured is the object and little else.
// The body is `{"ledger": NAME, "orders": HOW MANY, "order": ORDER}`; `{id}` in the order becomes the number of the order.

import { env } from "cloudflare:workers";

let asked = 0;

export default {
  async fetch(request) {
    const { ledger, orders, order } = await request.json();
    const text = JSON.stringify(order);
    const stub = env.LEDGER.getByName(ledger);
    const answers = await Promise.all(Array.from({ length: orders }, () => stub.ask(ledger, text.replaceAll("{id}", `ask-${(asked += 1)}`))));
    return new Response(answers.every((answer) => !answer.includes("refused")) ? "ok" : answers[0]);
  },
};
