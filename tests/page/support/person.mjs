// A person at a browser that nobody else uses. What the page makes the browser do is written down.
import assert from "node:assert/strict";

/** Gives a person; the browser's window ends with the test. `options`: as playwright's `newContext` takes them. */
export async function person(t, browser, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  return new Person(context, page);
}

class Person {
  /** The URLs that the browser has asked for. */
  requested = [];
  /** What it has complained of: among it, what a Content-Security-Policy has kept from running. */
  complaints = [];

  constructor(context, page) {
    this.context = context;
    this.page = page;
    context.on("request", (request) => this.requested.push(request.url()));
    context.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    context.on("weberror", (error) => this.complaints.push(String(error.error())));
    page.on("dialog", (dialog) => {
      this.complaints.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
  }

  /** Follows a link from a mail, say: nothing is known of where it stood. */
  async open(url) {
    await this.page.goto(url);
    await this.arrived();
  }

  /** Waits until the page in between has led on. */
  async arrived() {
    await this.page.locator("main h1").filter({ hasNotText: "One moment" }).waitFor();
  }

  async signIn(token) {
    await this.page.getByLabel("Your token").fill(token);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.arrived();
  }

  async signedInAt(url, token) {
    await this.open(url);
    await this.signIn(token);
  }

  /** Says yes or no, with words. */
  async answers(yes, words) {
    if (words !== undefined) await this.page.getByLabel("Your words to the agent").fill(words);
    await this.page.getByRole("button", { name: yes ? "Approve once" : "Deny" }).click();
    await this.page.locator("main").waitFor();
  }

  heading() {
    return this.page.locator("h1").innerText();
  }

  text() {
    return this.page.locator("main").innerText();
  }

  /** The HTTP status of the page as it stands, by asking for it again. */
  async reload() {
    const answer = await this.page.reload();
    await this.arrived();
    return answer.status();
  }

  async cookie() {
    return (await this.context.cookies()).find(({ name }) => name === "__Host-tollgate");
  }

  /** Puts a session into the browser, as if somebody had signed in there. */
  async hasSession(gateway, value) {
    await this.context.addCookies([{ name: "__Host-tollgate", value, url: gateway.url.replace("http:", "https:"), secure: true, httpOnly: true, sameSite: "Strict" }]);
  }

  /** Nothing but the page itself was asked for, and nothing in it wanted to do more than it may. */
  assertQuiet(gateway) {
    assert.deepEqual(this.complaints, []);
    assert.deepEqual(this.requested.filter((url) => new URL(url).origin !== gateway.url), []);
  }
}
