// A call that is stopped half way: the next one must not work on what is broken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Session, scenarios } from "replicarium";

test("after a call that did not come back, every call throws a sentence that says so", () => {
  const session = new Session("three-copies", 1);
  const other = new Session("three-copies", 2);
  // Calls with ever more room on the stack, until one begins and runs over inside the engine.
  const isBroken = () => {
    try {
      other.traceHash();
      return false;
    } catch (error) {
      return error;
    }
  };
  const sink = () => {
    try {
      sink();
    } catch {
      // At the bottom, and again at each step on the way up.
    }
    try {
      session.audit();
    } catch {
      // Stopped before or inside the engine.
    }
  };
  sink();
  const error = isBroken();
  assert.ok(error instanceof Error, "the stack ran over inside the engine");
  assert.match(error.message, /stopped in the middle of an earlier call and can't go on/);
  assert.throws(() => session.view(), /can't go on/);
  assert.throws(() => new Session("three-copies"), /can't go on/);
  assert.throws(() => scenarios(), /can't go on/);
});
