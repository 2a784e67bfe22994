// Node, by `import`: the very objects that `require` gives, so that the engine is loaded once.
/* @ts-self-types="./replicarium.d.ts" */
export { Session, grade, scenarios, version } from "./node.cjs";
