/** Users and groups as values of settings (service description 8.4): by number or by name. */

import type { UserIds } from "../../model/mod.ts";
import { systemErrorText } from "../files.ts";
import { Mistake } from "../text/mistake.ts";
import { numberPrefix, unsignedValue } from "../text/numbers.ts";
import type { UserDatabase } from "../users.ts";

/** The system treats this number as "do not change". */
const NO_ID = 4294967295;

/** A user; `undefined` if the value means "not set". */
export function parseUser(text: string, setting: string, users: UserDatabase): UserIds | undefined {
  const id = parseId(text, setting, "user");
  if (id !== undefined) return id === NO_ID ? undefined : { uid: id, gid: undefined, name: undefined };
  const user = lookUp("user", () => users.userByName(text));
  if (user === undefined) throw unknownName(text, setting, "user");
  return { uid: user.uid, gid: user.gid, name: text };
}

/** A group; `undefined` if the value means "not set". */
export function parseGroup(text: string, setting: string, users: UserDatabase): number | undefined {
  const id = parseId(text, setting, "group");
  if (id !== undefined) return id === NO_ID ? undefined : id;
  const gid = lookUp("group", () => users.groupByName(text));
  if (gid === undefined) throw unknownName(text, setting, "group");
  return gid;
}

/** A number; `undefined` if the value does not begin with a digit and is therefore a name. */
function parseId(text: string, setting: string, what: "user" | "group"): number | undefined {
  const prefix = numberPrefix(text);
  if (prefix === undefined) return undefined;
  const value = unsignedValue(prefix);
  const problem = `specified ${what} id contains invalid numeric characters or is outside allowed range.`;
  if (value === undefined && what === "user") {
    throw new Mistake(problem, { code: "bad-id", setting: "none" });
  }
  if (value === undefined || value > BigInt(NO_ID) || prefix.end !== text.length) {
    throw new Mistake(`${setting}: ${problem}`, { code: "bad-id", setting: "none" });
  }
  return Number(value);
}

function lookUp<Entry>(what: "user" | "group", find: () => Entry): Entry {
  try {
    return find();
  } catch (error) {
    throw new Mistake(`error accessing ${what} database: ${systemErrorText(error)}`, {
      code: "user-database",
      setting: "none",
      cause: error,
    });
  }
}

function unknownName(text: string, setting: string, what: "user" | "group"): Mistake {
  return new Mistake(`${setting}: specified ${what} "${text}" does not exist in system database.`, {
    code: `unknown-${what}`,
    setting: "none",
  });
}
