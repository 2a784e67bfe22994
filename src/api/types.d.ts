// What goes into the engine.

/** A server, as in `S1`. */
export type ServerName = `S${number}`;

/** A node of the coordinator. */
export type CoordinatorName = "coordinator" | `coordinator ${number}`;

/** A server, a node of the coordinator or a client. */
export type NodeName = ServerName | CoordinatorName | `client ${number}`;

/** A number of bytes, or a text with a unit as in `64 KiB`. */
export type Bytes = number | string;

/** How many copies a new file has: one on every server (the default), one on one server, or a number of them on the ring. */
export type Copies = "every server" | `one server ${ServerName}` | number;

/** Each command by its name, as in the entries of `[[at]]` of a scenario. */
export interface Commands {
    /** Adds a server; by default in the zone with the fewest servers, the first of equals. */
    add_server: { zone?: string };
    /** Removes a server cleanly, as soon as nothing depends on it. */
    remove_server: ServerName;
    /** A client writes a file: a given text, or a made-up text of this size. */
    write: { file: string; copies?: Copies } & ({ text: string } | { size: Bytes });
    /** A client reads a file. */
    read: { file: string; from?: "primary" | "nearest" | "any" | ServerName };
    /** A client deletes the file with this name. */
    delete: string;
    /** A client calls the service with this name. */
    call: string;
    /** This server stops at once; its disk is kept. */
    crash: ServerName;
    /** This server stops at once and its disk is lost. */
    kill: ServerName;
    /** Starts a crashed server from its disk, or a killed one with an empty disk. */
    restart: ServerName;
    /** This server does nothing until it is resumed. */
    pause: ServerName;
    /** This paused server resumes. */
    resume: ServerName;
    /** The disk of this server is wiped. */
    wipe: ServerName;
    /** One bit of one copy on a disk flips, and nobody notices. */
    rot: { server: ServerName; file: string; bit?: number };
    /** A disk becomes slow, or full, or normal again. */
    disk: { server: ServerName; full?: boolean; slow_factor?: number };
    /** A server's clock is set off (a time such as `-20 ms`), and runs fast or slow from now on. */
    clock: { server: ServerName; offset?: string; drift_ppm?: number };
    /** The link between these two nodes is cut, both ways. */
    cut: [NodeName, NodeName];
    /** One direction of a link is cut. */
    cut_one_way: { from: NodeName; to: NodeName };
    /** The link between these two nodes is healed, both ways. */
    heal: [NodeName, NodeName];
    /** Every cut and every bad link is healed. */
    heal_all: true;
    /** A set of nodes is cut off from all others: both ways, or only what goes into or out of it. */
    partition: { side: NodeName[]; direction?: "both" | "into" | "out of" };
    /** A link loses, duplicates, reorders or delays messages from now on; a field that you leave out becomes normal. */
    link: {
        from: NodeName;
        to: NodeName;
        both_ways?: boolean;
        loss_percent?: number;
        duplicate_percent?: number;
        reorder_percent?: number;
        slow_factor?: number;
    };
    /** This zone, as in `A`, loses its power: all its servers crash. */
    zone_outage: string;
    /** The power of this zone is back: its crashed servers start again. */
    zone_return: string;
    /** This node of the coordinator stops; its disk is kept. */
    crash_coordinator: CoordinatorName;
    /** This node of the coordinator starts again. */
    restart_coordinator: CoordinatorName;
    /** An operator promotes this server, whatever it lacks. */
    promote: ServerName;
}

/** One command, as in `{ kill: "S1" }`: an object with exactly one of the fields of `Commands`. */
export type Command = {
    [Name in keyof Commands]: { [Only in Name]: Commands[Name] } & { [Other in Exclude<keyof Commands, Name>]?: never };
}[keyof Commands];

/**
 * Settings that override a scenario's own, as in `{ "policy.acks": "none" }`; `{ variation: 1 }` turns on the first of its
 * variations, with all its settings.
 */
export type Settings = Record<string, string | number | boolean>;

/** How far an audit goes. */
export interface AuditOptions {
    /** Whether to try pairs of faults after the single ones. By default not. */
    pairs?: boolean;
}

/** How far a comparison goes. */
export interface CompareOptions {
    /** How long both run, in milliseconds from when the opening files were written; by default as long as the longer one would. */
    untilMs?: number;
}

/** The search calls this with its progress after each step. If it returns `false`, the search ends early. */
export type OnProgress = (progress: ProgressReport) => boolean | void;
