// Where things are in the repository.

import { fileURLToPath } from "node:url";
import path from "node:path";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
export const inRoot = (...parts) => path.join(root, ...parts);

export const tools = inRoot(".tools");
export const shop = inRoot("examples", "shop");
export const worker = inRoot("build");
/** A package of its own, for software of others that the tests drive. */
export const peers = inRoot("tests", "peers");
/** What `npm run dev` and `npm start` keep between runs. */
export const defaultState = inRoot(".state");
/** An executable that npm installed. */
export const npmBinary = (name) => inRoot("node_modules", ".bin", name);
