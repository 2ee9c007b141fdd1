// Header fields on their way from Rust to the platform.

const keptFields = new Map();
/** How many are kept: of most kinds there are a few, but a session's id is a field too. */
const MOST_KEPT = 200;

/** Header fields as an object that is made once: what it is given to copies it in one go. @param {string} fields */
export function kept(fields) {
  let headers = keptFields.get(fields);
  if (headers === undefined) {
    if (keptFields.size === MOST_KEPT) keptFields.clear();
    keptFields.set(fields, (headers = new Headers(JSON.parse(fields))));
  }
  return headers;
}
