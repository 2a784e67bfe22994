// The way in for browsers, with the bytes handed over, since Node fetches no files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import load, { Session } from "replicarium/web";

test("the same file of Wasm runs behind the browser's way in", async () => {
  const [run] = JSON.parse(readFileSync(process.env.REPLICARIUM_NATIVE, "utf8"));
  const wasm = readFileSync(new URL(import.meta.resolve("replicarium/replicarium_bg.wasm")));
  await load({ module_or_path: wasm });
  const session = new Session(run.scenario, run.seed);
  session.advanceTo(run.nowMs);
  assert.equal(session.traceHash(), run.traceHash);
});
