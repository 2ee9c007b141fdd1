// What is made of a scenario's checks. A check's status is SUCCESS, FAILURE or WARNING, or one that judges nothing (INFO, SKIPPED).

const has = (checks, status) => checks.some((check) => check.status === status);
const count = (checks, status) => checks.filter((check) => check.status === status).length;

/** As the suites have it: a warning is a recommendation that was not followed. A scenario that judged nothing has not passed. */
export const passes = (checks) => !has(checks, "FAILURE") && (has(checks, "SUCCESS") || has(checks, "WARNING"));

/** Nothing was judged but well. */
export const passesWholly = (checks) => passes(checks) && !has(checks, "WARNING");

/** How many checks succeeded, of how many that judged. */
export const tally = (checks) => {
  const succeeded = count(checks, "SUCCESS");
  return { succeeded, of: succeeded + count(checks, "FAILURE") + count(checks, "WARNING") };
};

/** What went worse through the gateway than directly, one line for each kind of check; a kind may occur more than once. */
export function worse(direct, through) {
  const kinds = new Map([...direct, ...through].map((check) => [`${check.id} (${check.name})`, check]));
  return [...kinds].flatMap(([kind, { id, name }]) => {
    const [before, after] = [direct, through].map((checks) => checks.filter((check) => check.id === id && check.name === name));
    const fewer = count(after, "SUCCESS") < count(before, "SUCCESS");
    const more = ["FAILURE", "WARNING"].some((status) => count(after, status) > count(before, status));
    if (!fewer && !more) return [];
    const why = after.map((check) => check.errorMessage).filter(Boolean).join("; ") || "not checked, or not as often";
    return [`${kind}: ${said(before)} directly, ${said(after)} through the gateway: ${why}`];
  });
}

/** What failed, one line for each check. */
export const failures = (checks) =>
  checks.filter((check) => check.status === "FAILURE").map((check) => `${check.id} (${check.name}): ${check.errorMessage ?? "without a word"}`);

const said = (checks) => checks.map((check) => check.status).join(", ") || "nothing";
