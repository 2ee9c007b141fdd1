// The floor of the platform: a Worker that answers at once.

export default {
  fetch: () => new Response("ok"),
};
