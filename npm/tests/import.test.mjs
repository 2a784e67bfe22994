// The installed package by `import`: it runs what the command line runs, and says what is wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Session, grade, scenarios, version } from "replicarium";

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
    assert.deepEqual(session.expectations(), run.expectations, run.scenario);
    assert.deepEqual(session.metrics(), run.metrics, run.scenario);
    assert.deepEqual(session.violations(), run.violations, run.scenario);
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
    [() => new Session("three-copies", 1.5), /seed must be a whole number .* not 1\.5/],
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

test("a value of another type is refused with a sentence, and changes nothing", () => {
  const session = new Session("three-copies");
  const hash = session.traceHash();
  const itself = {};
  itself.kill = itself;
  const wrong = [
    [() => new Session(5), "the scenario must be a string, not of the type number"],
    [() => new Session({}), "the scenario must be a string, not of the type object"],
    [() => new Session(null), "the scenario must be a string, not of the type null"],
    [() => new Session(), "the scenario must be a string, not of the type undefined"],
    [() => new Session("three-copies", "61"), "the seed must be a number, not of the type string"],
    [() => new Session("three-copies", 61n), "the seed must be a number, not of the type bigint"],
    [() => new Session("three-copies", 61, 5), /^the settings must be an object such as/],
    [() => new Session("three-copies", 61, { policy: {} }), "this is nested deeper than any command or setting"],
    [() => Session.fromLink(5), "the link must be a string, not of the type number"],
    [() => session.why(5), "the name of the file must be a string, not of the type number"],
    [() => session.why("notes.txt", 5), "onProgress must be a function"],
    [() => session.write(5, new Uint8Array(1)), "the name of the file must be a string, not of the type number"],
    [() => session.write("f", "abc"), "the bytes must be a Uint8Array, not of the type string; apply writes texts"],
    [() => session.write("f", [1, 2]), /Uint8Array, not of the type object/],
    [() => session.write("f", new Uint16Array(1)), /Uint8Array, not of the type Uint16Array/],
    [() => session.write("f", new Uint8Array(5_000_000)), /5000000 bytes; at most 4194304/],
    [() => session.advance("10"), "the time to advance by must be a number, not of the type string"],
    [() => session.advance(null), /not of the type null/],
    [() => session.advanceTo({}), /not of the type object/],
    [() => session.seek(undefined), /not of the type undefined/],
    [() => session.events("1"), "the number of an event must be a number, not of the type string"],
    [() => session.apply(5), /an object such as \{ kill: "S1" \}/],
    [() => session.apply(itself), "this is nested deeper than any command or setting"],
    [() => session.apply({ get kill() { throw new RangeError("mine"); } }), "this has a field that can't be read"],
    [() => session.apply({}), "expected a command, such as kill"],
    [() => session.apply({ kill: "S1", crash: "S2" }), "expected one command only, not 2"],
    [() => session.apply({ disk: { server: "S1", slow_factor: 1.5 } }), /expected a whole number from 1 to 1000/],
  ];
  for (const [call, message] of wrong) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof Error, String(call));
      assert[typeof message === "string" ? "equal" : "match"](error.message, message);
      return true;
    });
  }
  assert.equal(session.traceHash(), hash);
  session.apply({ partition: { side: ["S1", "client 1"], direction: "both" } });
});

test("two designs are compared under the same seed, and neither session changes", () => {
  const runs = [undefined, { "policy.acks": "all" }].map((settings) => {
    const session = new Session("ack-none", 61, settings);
    session.apply({ write: { file: "notes.txt", text: "two" } });
    session.apply({ write: { file: "notes.txt", text: "three" } });
    session.advance(29);
    session.apply({ kill: "S1" });
    return session;
  });
  const [none, all] = runs;
  const hashes = runs.map((session) => session.traceHash());
  const progress = [];
  const report = none.compare(all, { untilMs: 1500 }, ({ done, total }) => { progress.push([done, total]); });
  assert.deepEqual(report.different, [{ key: "policy.acks", a: "none", b: "all" }]);
  assert.equal(report.lengthMs, 1500);
  assert.ok(progress.length > 10 && progress.every(([done, total]) => done <= total && total === 1500));
  assert.ok(report.firstDifference.atMs >= 0 && report.firstDifference.a.sentence !== report.firstDifference.b.sentence);
  const of = (report, key) => report.outcomes.find((row) => row.key === key);
  assert.deepEqual([of(report, "lost").a.value, of(report, "lost").b.value, of(report, "lost").judgement], [1, 0, "better"]);
  assert.match(report.a.truth.sentence, /^C1 was told ok for v3 at 0\.0\d\d s\. .* later S1 was killed\.$/);
  assert.equal(of(all.compare(none, { untilMs: 1500 }), "lost").judgement, "worse");
  const itself = none.compare(none);
  assert.equal(itself.firstDifference, undefined);
  assert.ok(itself.outcomes.every((row) => row.judgement === "same"));
  const ended = none.compare(all, {}, () => false);
  assert.ok(ended.lengthMs < 100);
  assert.throws(() => none.compare(all, { untilMs: "long" }), /untilMs must be a number/);
  assert.throws(() => none.compare({}), Error);
  assert.deepEqual(runs.map((session) => session.traceHash()), hashes);
});

test("the version is the package's", () => {
  const manifest = new URL("./node_modules/replicarium/package.json", import.meta.url);
  assert.equal(version(), JSON.parse(readFileSync(manifest, "utf8")).version);
});

test("commands are given as in scenarios, and refused as things stand", () => {
  const session = new Session("three-copies", 61);
  session.apply({ write: { file: "new.txt", text: "new" } });
  session.advance(200);
  session.apply({ kill: "S1" });
  assert.throws(() => session.apply({ kill: "S1" }), /S1 is already down/);
  assert.throws(() => session.apply({ kill: "S9" }), /there is no server S9/);
  assert.throws(() => session.apply({ explode: "S1" }), /unknown field `explode`/);
  assert.throws(() => session.apply({ kill: "one" }), /expected a server such as "S1"/);
  assert.throws(() => session.apply("kill S1"), /an object such as \{ kill: "S1" \}/);
  session.advance(1000);
  const verdicts = Object.fromEntries(session.ledger().rows.map((row) => [row.file, row.verdict]));
  assert.deepEqual(verdicts, {
    "notes.txt": "safe",
    "draft.txt": "lost after it was acknowledged",
    "new.txt": "safe",
  });
  assert.equal(session.view().coordinator.groups[0].primary, session.view().servers.find((one) => one.role === "primary").server);
});

test("bytes are written as they are", () => {
  const session = new Session("three-copies", 61);
  session.write("bytes.bin", new Uint8Array(1000).fill(7));
  session.write("buffer.bin", Buffer.from("abc"));
  session.advance(200);
  const copies = session.view().servers.flatMap((server) => server.copies.filter((copy) => copy.file === "bytes.bin"));
  assert.deepEqual(copies.map((copy) => [copy.sizeBytes, copy.health]), [[1000, "fresh"], [1000, "fresh"], [1000, "fresh"]]);
});

test("settings go over a scenario's own, and a scenario can be a text", () => {
  const changed = new Session("three-copies", 61, { "policy.acks": "none", "policy.window": 4 });
  assert.ok(changed.view().policy.some((row) => row.value.startsWith("the primary alone")));
  assert.throws(() => new Session("three-copies", 61, { "policy.acks": "some" }), /policy\.acks/);
  assert.throws(() => new Session("title = 3\n"), /scenario\.toml, line 1, title: .*expected/);
  const text = 'version = 1\ntitle = "T"\nteaches = "T"\nstory = "S"\ninvitation = "I"\n[[at]]\ntime = "1 s"\nkill = "S2"\n';
  const session = new Session(text, 5);
  session.advance(1500);
  assert.equal(session.view().servers[1].status, "killed");
});

test("what an invitation asks for is listed and run by the setting `variation`", () => {
  const splitBrain = scenarios().find((scenario) => scenario.slug === "split-brain");
  assert.deepEqual(splitBrain.tries[0].settings, ["policy.fencing=true"]);
  const promised = (settings) => {
    const session = new Session("split-brain", splitBrain.seed, settings);
    session.advance(splitBrain.untilMs);
    return [session.ledger().headline, session.expectations().every((one) => one.fulfilment === "met")];
  };
  assert.deepEqual(promised({ variation: 1 }), ["No acknowledged data lost.", true]);
  assert.notEqual(promised({})[0], "No acknowledged data lost.");
  assert.throws(() => new Session("split-brain", 61, { variation: 9 }), /variation: /);
});

test("why tells the steps and the remedy; the audit tells single points of failure, step by step", () => {
  const session = new Session("three-copies", 61);
  const steps = [];
  const audit = session.audit({}, (progress) => void steps.push(progress));
  assert.ok(audit.isComplete && audit.findings.some((finding) => finding.sentence.startsWith("Killing S1 loses draft.txt")));
  assert.equal(steps.at(-1).done, steps.at(-1).total);
  let calls = 0;
  assert.equal(session.audit({ pairs: true }, () => ++calls < 3).isComplete, false);
  assert.equal(calls, 3);
  assert.throws(() => session.audit({}, () => { throw new RangeError("mine"); }), new RangeError("mine"));
  session.audit({}, () => (session.now > 0 ? false : undefined));
  session.apply({ kill: "S1" });
  session.advance(1000);
  const why = session.why("draft.txt");
  assert.equal(why.trouble, "lost after it was acknowledged");
  assert.ok(why.steps.some((step) => step.sentence.includes("S1 was killed")));
  assert.ok(why.remedy.changes.length > 0, why.remedy.sentence);
  // The learner's own command is no part of the text, but the remedy is a setting over it.
  assert.deepEqual(why.remedy.settings, ['files[2].copies="every server"']);
  assert.equal(why.remedy.withholds, false);
  assert.ok(why.remedy.told.versionWith >= why.remedy.told.versionBefore);
  assert.throws(() => session.why("notes.txt"), /nothing is wrong with notes\.txt/);
  assert.throws(() => session.why("other.txt"), /no file named "other\.txt"/);
});

test("a submission is graded, whatever it claims", () => {
  const exercise = `version = 1
kind = "break"
title = "Lose it"
summary = "Lose the file."
goal = "You will be able to lose a file."
minutes = 1
text = "Kill the one server that has it."
[scenario]
name = "one-copy"
[allow]
commands = ["kill"]
because = "Only a kill helps here."
[[criterion]]
id = "lost"
title = "A file is lost"
expect = [{ count = "files lost after they were acknowledged", at_least = 1 }]
`;
  const head = 'submission = 1\nexercise = "lose-it"\nrevision = 1\nengine = "0.1.0"\nseed = 61\nscore = 99\n';
  const nothing = grade(exercise, "lose-it", head);
  assert.deepEqual([nothing.score, nothing.maximum, nothing.passed], [0, 1, false]);
  const killed = grade(exercise, "lose-it", `${head}[[at]]\ntime = "0.5 s"\nkill = "S1"\n`, "seeds = [3]");
  assert.deepEqual([killed.score, killed.passed, killed.criteria[0].id], [1, true, "lost"]);
  assert.throws(() => grade(exercise, "lose-it", head.replace("lose-it", "other")), /not for "lose-it"/);
  assert.throws(() => grade(exercise, "lose-it", "garbage"), /this is not TOML/);
});
