// Keeps the fixture origin and the gateway before it up, for a scenario run by hand: node tests/conformance/stand.mjs
import { atEnd, stayUntilInterrupted } from "../../scripts/lib/leave.mjs";
import { say } from "../../scripts/lib/terminal.mjs";
import { startStage } from "./support/stage.mjs";

const stage = await startStage();
atEnd(stage.stop);
say(`directly             ${stage.direct}\nthrough the gateway  ${stage.through}\n\nCtrl-C ends both.`);
await stayUntilInterrupted();
