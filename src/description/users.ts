/**
 * Users and groups: the entries of the system's databases that `run-as`, the owners of files and `export-passwd-vars`
 * need.
 */

import { fileVersion, readSystemFile, untilNul } from "./files.ts";

/** An entry of the user database. */
export interface User {
  /** The name to log in with. */
  readonly name: string;
  /** The numeric id. */
  readonly uid: number;
  /** The primary group. */
  readonly gid: number;
  /** The home directory. */
  readonly home: string;
  /** The program to log in with; empty for the system's usual one. */
  readonly shell: string;
}

/** Look-ups by name and number. Each returns `undefined` for an unknown entry, and throws if it cannot know. */
export interface UserDatabase {
  /** The user of that name. */
  userByName(name: string): User | undefined;
  /** The user of that numeric id. */
  userById(uid: number): User | undefined;
  /** The number of a group. */
  groupByName(name: string): number | undefined;
}

/** The files that `FileUsers` reads. */
export interface FileUsersOptions {
  /** The path of the user database. @default "/etc/passwd" */
  passwd?: string;
  /** The path of the group database. @default "/etc/group" */
  group?: string;
}

/**
 * The databases in `/etc/passwd` and `/etc/group`. The files are read again when they have changed. This class does not
 * know users from other sources of the name service switch (LDAP, systemd).
 */
export class FileUsers implements UserDatabase {
  readonly #passwd: string;
  readonly #group: string;
  #passwdVersion = "";
  #groupVersion = "";
  #byName = new Map<string, User>();
  #byId = new Map<number, User>();
  #groups = new Map<string, number>();

  /** Makes the databases; no file is read before it is needed. */
  constructor(options: FileUsersOptions = {}) {
    this.#passwd = options.passwd ?? "/etc/passwd";
    this.#group = options.group ?? "/etc/group";
  }

  /** Throws the runtime's error if the file cannot be read. */
  userByName(name: string): User | undefined {
    this.#refreshUsers();
    return this.#byName.get(untilNul(name));
  }

  /** Throws the runtime's error if the file cannot be read. */
  userById(uid: number): User | undefined {
    this.#refreshUsers();
    return this.#byId.get(uid);
  }

  groupByName(name: string): number | undefined {
    const version = fileVersion(this.#group);
    if (version !== this.#groupVersion) {
      this.#groups = new Map();
      for (const [group, , gid] of entries(readSystemFile(this.#group))) {
        if (isId(gid) && !this.#groups.has(group)) this.#groups.set(group, Number(gid));
      }
      this.#groupVersion = version;
    }
    return this.#groups.get(untilNul(name));
  }

  #refreshUsers(): void {
    const version = fileVersion(this.#passwd);
    if (version === this.#passwdVersion) return;
    this.#byName = new Map();
    this.#byId = new Map();
    for (const [name, , uid, gid, , home, shell] of entries(readSystemFile(this.#passwd))) {
      if (!isId(uid) || !isId(gid)) continue;
      const user = { name, uid: Number(uid), gid: Number(gid), home: home ?? "", shell: shell ?? "" };
      if (!this.#byName.has(name)) this.#byName.set(name, user);
      if (!this.#byId.has(user.uid)) this.#byId.set(user.uid, user);
    }
    this.#passwdVersion = version;
  }
}

/** The fields of each line. If a name or number has several entries, the first one counts. */
function entries(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.split(":"));
}

function isId(field: string | undefined): boolean {
  return field !== undefined && /^[0-9]{1,10}$/.test(field) && Number(field) <= 0xffffffff;
}
