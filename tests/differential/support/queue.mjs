// Work that several share: each takes the next as soon as it is free.

/** Calls `work(worker, item)` for each item, one at a time for each worker; ends early when `until` says so. */
export async function shared(workers, items, work, until = () => false) {
  const iterator = items[Symbol.iterator]();
  const run = async (worker) => {
    for (;;) {
      const next = until() ? { done: true } : iterator.next();
      if (next.done) return;
      await work(worker, next.value);
    }
  };
  await Promise.all(workers.map(run));
}
