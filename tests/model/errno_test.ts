import { assertEquals } from "@std/assert";
import { errnoName, errnoNumber, errnoOf, errnoText } from "../../src/model/mod.ts";

Deno.test("error numbers have the C library's names and texts", () => {
  assertEquals([errnoName(2), errnoNumber("ENOENT"), errnoText(2)], [
    "ENOENT",
    2,
    "No such file or directory",
  ]);
  assertEquals(errnoText(4711), "Unknown error 4711");
});

Deno.test("the error number of a failed system call is found", () => {
  const numberOf = (action: () => void) => {
    try {
      action();
      return undefined;
    } catch (error) {
      return errnoOf(error);
    }
  };
  assertEquals(numberOf(() => Deno.readFileSync("/nosuch/file")), 2);
  assertEquals(numberOf(() => Deno.readFileSync("/tmp")), 21);
  assertEquals(numberOf(() => Deno.readDirSync("/etc/passwd").next()), 20);
  assertEquals(errnoOf(new Error("no system call at all")), 5);
});
