// What the types allow, and what they don't.
import { Session, scenarios, version, type ComparisonReport, type EventReport, type LedgerReport, type RemedyReport, type ViewReport } from "replicarium";

const session: Session = new Session("three-copies", 61);
session.advance(1000);
session.advanceTo(session.now + 1);
session.seek(session.start);
const view: ViewReport = session.view();
const primary: string | undefined = view.coordinator.groups[0]?.primary;
const ledger: LedgerReport = session.ledger();
const safe: boolean = ledger.rows.every((row) => row.verdict === "safe");
const events: EventReport[] = session.events(10);
const sentences: string[] = events.map((event) => `${event.atMs} ${event.sentence} ${event.cause ?? 0}`);
const copy: Session = Session.fromLink(session.link());
const slugs: string[] = scenarios().map((scenario) => scenario.slug);
const titles: string[] = scenarios().flatMap(({ tries }) => tries.map((one) => one.seed === undefined ? one.title : one.note));
export const all = [primary, safe, sentences, copy.traceHash(), slugs, titles, version()];

// @ts-expect-error: a verdict is one of a few words
ledger.rows.every((row) => row.verdict === "fine");
// @ts-expect-error: a seed is a number
new Session("three-copies", "61");
// @ts-expect-error: a scenario is a string
new Session(3);
// @ts-expect-error: what is left out may be undefined
const cause: number = events[0]!.cause;
// @ts-expect-error: the time is changed by the session only
session.now = 3;

session.apply({ kill: "S1" });
session.apply({ write: { file: "a.txt", text: "a", copies: "one server S2" } });
session.apply({ cut: ["S1", "coordinator 2"] });
session.write("b.bin", new Uint8Array(3));
const complete: boolean = session.audit({ pairs: true }, ({ done, total }) => done < total).isComplete;
const { changes, settings, withholds, told, alternative }: RemedyReport = session.why("a.txt").remedy;
const line: string | undefined = alternative?.settings[0] ?? (withholds ? settings[told!.acknowledgedWith] : undefined);
const failed: boolean = session.expectations().some((one) => one.fulfilment === "failed");
export const more = [complete, changes, line, failed, new Session("three-copies", undefined, { "policy.window": 4 }), session.violations(), session.metrics().reads.latency.p99Ms];

const { firstDifference, outcomes, a, summary }: ComparisonReport = session.compare(copy, { untilMs: 2000 }, () => true);
const better: number = outcomes.filter((row) => row.judgement === "better" && row.a.unit === "ms").length;
export const compared = [firstDifference?.atMs ?? 0, firstDifference?.a?.sentence, better, a.truth.mood === "bad", summary];
// @ts-expect-error: a run is compared with a run
session.compare("three-copies");
// @ts-expect-error: a judgement is one of a few words
outcomes.every((row) => row.judgement === "good");

// @ts-expect-error: bytes are no text
session.write("b.bin", "text");
// @ts-expect-error: a time is a number
session.advance("10");
// @ts-expect-error: the name of a file is a text
session.why(5);

// @ts-expect-error: there is no such command
session.apply({ explode: "S1" });
// @ts-expect-error: a server has a name
session.apply({ kill: 1 });
// @ts-expect-error: one command only
session.apply({ kill: "S1", crash: "S2" });
