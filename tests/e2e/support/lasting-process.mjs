// The process of a lasting gateway: starts it, says so in one line, and stays until it is ended, or its test is.
import path from "node:path";
import { pathToFileURL } from "node:url";

const { home, ...options } = JSON.parse(process.argv[2]);
const { startGateway } = await import(pathToFileURL(path.join(home, "scripts", "lib", "gateway.mjs")));
await startGateway(options);
process.stdout.write("listening\n");
// Standard input ends when the test's process does, however that went.
process.stdin.resume().on("end", () => process.kill(process.pid, "SIGTERM"));
