// The installed package by `import`: it runs what the command line runs, and says what is wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Session, scenarios, version } from "replicarium";

const native = JSON.parse(readFileSync(process.env.REPLICARIUM_NATIVE, "utf8"));

test("every built-in scenario has the trace that it has natively", () => {
  assert.deepEqual(
    scenarios().map((scenario) => scenario.slug),
    native.map((run) => run.scenario),
  );
  for (const run of native) {
    const session = new Session(run.scenario, run.seed);
    session.advanceTo(run.nowMs);
    assert.equal(session.traceHash(), run.traceHash, run.scenario);
    assert.deepEqual(session.ledger(), run.ledger, run.scenario);
  }
});

test("time goes on, back, and on again to the same", () => {
  const session = new Session("three-copies", 61);
  assert.equal(session.now, session.start);
  session.advance(1500.5);
  assert.equal(session.now, session.start + 1500.5);
  const hash = session.traceHash();
  session.seek(session.start + 700);
  assert.equal(session.view().nowMs, session.start + 700);
  session.advanceTo(session.end);
  assert.equal(session.traceHash(), hash);
});

test("events have numbers without holes, a time, a kind and a sentence", () => {
  const session = new Session("three-copies", 61);
  session.advance(100);
  const events = session.events();
  events.forEach((event, index) => assert.equal(event.id, index + 1));
  assert.ok(events.every((event) => event.sentence.endsWith(".") && event.atMs <= session.now));
  assert.deepEqual(session.events(10), events.slice(9));
});

test("a link brings back the same moment", () => {
  const session = new Session("ack-none", 7);
  session.advance(300);
  const opened = Session.fromLink(session.link());
  assert.equal(opened.traceHash(), session.traceHash());
  assert.deepEqual(opened.view(), session.view());
});

test("a view has plain objects, numbers and words", () => {
  const view = new Session("three-copies").view();
  assert.deepEqual(view, structuredClone(view));
  assert.deepEqual(
    view.servers.map((server) => [server.server, server.role, server.status]),
    [["S1", "primary", "up"], ["S2", "replica", "up"], ["S3", "replica", "up"]],
  );
});

test("wrong input is thrown as an Error with one sentence", () => {
  const session = new Session("three-copies");
  const wrong = [
    [() => new Session("four-copies"), /four-copies/],
    [() => new Session("three-copies", 1.5), /seed is to be a whole number .* not 1\.5/],
    [() => new Session("three-copies", -1), /not -1/],
    [() => session.advance(-1), /not -1/],
    [() => session.advance(NaN), /not NaN/],
    [() => session.advanceTo(0), /seek goes back/],
    [() => session.events(Infinity), /not (inf|Infinity)/],
    [() => Session.fromLink("nonsense"), /not a Replicarium link/],
  ];
  for (const [call, message] of wrong) {
    assert.throws(call, (error) => error instanceof Error && message.test(error.message) && !error.message.includes("\n"));
  }
  session.advance(10);
});

test("the version is the package's", () => {
  const manifest = new URL("./node_modules/replicarium/package.json", import.meta.url);
  assert.equal(version(), JSON.parse(readFileSync(manifest, "utf8")).version);
});
