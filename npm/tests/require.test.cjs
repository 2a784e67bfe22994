// The installed package by `require`.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { test } = require("node:test");
const { Session } = require("replicarium");

test("a scenario has the trace that it has natively", () => {
  const [run] = JSON.parse(readFileSync(process.env.REPLICARIUM_NATIVE, "utf8"));
  const session = new Session(run.scenario, run.seed);
  session.advanceTo(run.nowMs);
  assert.equal(session.traceHash(), run.traceHash);
});

test("import and require give the same class", async () => {
  assert.equal((await import("replicarium")).Session, Session);
});
