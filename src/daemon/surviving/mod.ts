/**
 * What lets a daemon outlive its program. Only a daemon with the native host loads it, before it starts a service. What
 * is needed only after a fault, a kill or for an upgrade is not part of it. docs/surviving.md.
 *
 * @module
 */

export { RecentFacts } from "./recent_facts.ts";
export { StateJournal } from "./state_journal.ts";
export { Succession } from "./succession.ts";
