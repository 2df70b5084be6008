import { assertEquals } from "@std/assert";
import { HttpAnswer, LONGEST_PART, type Reading } from "../../src/health/http_answer.ts";

const encoder = new TextEncoder();

/** What is known when the text has arrived in pieces of this size. */
function read(text: string, size = text.length): { reading: Reading; atEnd: Reading } {
  const answer = new HttpAnswer();
  let reading: Reading = { kind: "incomplete" };
  for (let at = 0; at < text.length && reading.kind === "incomplete"; at += size) {
    reading = answer.add(encoder.encode(text.slice(at, at + size)));
  }
  return { reading, atEnd: reading.kind === "incomplete" ? answer.end() : reading };
}

const COMPLETE = (status: number): Reading => ({ kind: "complete", status });
const HEAD = "HTTP/1.1 200 OK\r\nServer: x\r\n";

const WHOLE: readonly (readonly [what: string, text: string, status: number])[] = [
  ["a body with a length", `${HEAD}Content-Length: 5\r\n\r\nhello`, 200],
  ["a length in another spelling", `${HEAD}content-length:5\r\n\r\nhello`, 200],
  ["chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, 200],
  ["no chunks", `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 200],
  ["no content", "HTTP/1.1 204 No Content\r\n\r\n", 204],
  ["a redirect", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302],
  ["an interim answer", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n`, 503],
  ["plain line feeds", "HTTP/1.0 404 No\nContent-Length: 2\n\nno", 404],
  ["more than a check reads", `${HEAD}\r\n${"x".repeat(LONGEST_PART)}`, 200],
];

for (const [what, text, status] of WHOLE) {
  for (const size of [text.length, 7, 1]) {
    if (text.length > 1000 && size < text.length) continue;
    Deno.test(`an answer with ${what} is complete without the end of the connection (pieces of ${size})`, () => {
      assertEquals(read(text, size).reading, COMPLETE(status));
    });
  }
}

Deno.test("an answer without a length ends with the connection", () => {
  const { reading, atEnd } = read("HTTP/1.0 200 OK\r\n\r\nhello");
  assertEquals([reading.kind, atEnd], ["incomplete", COMPLETE(200)]);
});

const BAD: readonly (readonly [what: string, text: string, why: string])[] = [
  ["nothing", "", "closed without an answer"],
  ["half a head", "HTTP/1.1 200 OK\r\nSer", "closed without an answer"],
  ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n", "the answer is not HTTP/1.1"],
  ["a number that is no status", "HTTP/1.1 999 X\r\n\r\n", "the answer is not HTTP/1.1"],
  ["half a body", `${HEAD}Content-Length: 5\r\n\r\nhel`, "200, but the answer ended early"],
  [
    "half of the chunks",
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhe`,
    "200, but the answer ended early",
  ],
  ["an endless head", `HTTP/1.1 200 OK\r\n${"x".repeat(LONGEST_PART + 1)}`, "its head is too long"],
];

for (const [what, text, why] of BAD) {
  Deno.test(`a connection that ends after ${what} is no answer`, () => {
    assertEquals(read(text).atEnd, { kind: "bad", why });
  });
}
