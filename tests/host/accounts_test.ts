import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Accounts, openLibrary } from "../../src/system/mod.ts";
import { FileUsers } from "../../src/description/mod.ts";

const accounts = new Accounts(openLibrary());

/** What `getent` says, field by field; it asks the same sources as the C library. */
async function getent(database: string, key: string): Promise<string[]> {
  const { stdout } = await outputOf("getent", { args: [database, key] });
  return new TextDecoder().decode(stdout).trim().split(":");
}

Deno.test("the C library's users are those of getent", async () => {
  for (const name of ["root", "daemon", "nobody"]) {
    const [, , uid, gid, , home, shell] = await getent("passwd", name);
    const user = { name, uid: Number(uid), gid: Number(gid), home, shell };
    assertEquals(accounts.userByName(name), user);
    assertEquals(accounts.userById(user.uid), user);
    assertEquals(new FileUsers().userByName(name), user);
  }
});

Deno.test("the C library's groups are those of getent", async () => {
  for (const name of ["root", "daemon", "tty"]) {
    assertEquals(accounts.groupByName(name), Number((await getent("group", name))[2]));
  }
});

Deno.test("unknown users and groups", () => {
  assertEquals(accounts.userByName("no-such-user"), undefined);
  assertEquals(accounts.userById(4_000_000_001), undefined);
  assertEquals(accounts.groupByName("no-such-group"), undefined);
});

Deno.test("the name of an account ends at its first NUL", () => {
  assertEquals(accounts.userByName("root\0x")?.uid, 0);
});
