// The process of a lasting gateway: starts it, says so in one line, and stays.
import { startGateway } from "../../../scripts/lib/gateway.mjs";

const gateway = await startGateway(JSON.parse(process.argv[2]));
process.on("SIGTERM", () => gateway.stop().then(() => process.exit(0)));
process.stdout.write("listening\n");
setInterval(() => {}, 60_000);
