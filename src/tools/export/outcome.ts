/** What becomes of a setting: its class in the account, and the note. */
export type Outcome = readonly [outcome: "carried" | "changed" | "decision" | "none", note: string];
