import { assertEquals } from "@std/assert";
import { programCandidates } from "../../src/model/mod.ts";

Deno.test("a command without a slash is searched in PATH, or in the usual folders", () => {
  assertEquals(programCandidates("x", "/a::/b"), ["/a/x", "x", "/b/x"]);
  assertEquals(programCandidates("x", undefined), ["/bin/x", "/usr/bin/x"]);
  assertEquals(programCandidates("./x", "/a"), ["./x"]);
  assertEquals(programCandidates("", "/a"), []);
});
