// Browsers and bundlers: the engine is loaded before the importing module goes on.
/* @ts-self-types="./replicarium.d.ts" */
import load from "./web.js";

await load();

export { Session, grade, scenarios, version } from "./web.js";
