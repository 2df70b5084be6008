/** Answers HTTP requests: the checks that protect the daemon, then the page or a route. */

import { decodeBytes } from "../../model/mod.ts";
import { isOwnHost, type WebAddress } from "./address.ts";
import { RequestFailure } from "./failure.ts";
import { requestFailure } from "./request_errors.ts";
import type { Route, WebSources } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { hasToken } from "./token.ts";
import { PAGE_FILES } from "./pages.ts";

/** How requests are judged. */
export interface RequestRules {
  readonly address: WebAddress;
  /** Further names of this machine. */
  readonly hosts: readonly string[];
  /** The token that requests need; `undefined`: none, because only the user of the socket can reach it. */
  readonly token: string | undefined;
  readonly readOnly: boolean;
  /** Receives what a bug of this program throws. */
  readonly report: (error: unknown) => void;
}

/** Headers of every answer. The page loads nothing but its own files, and nobody may put it into a frame. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

/** Makes the function that answers requests. */
export function requestHandler(
  rules: RequestRules,
  sources: WebSources,
): (request: Request) => Promise<Response> {
  return async (request) => {
    let response: Response;
    try {
      response = await answer(request, rules, sources);
    } catch (error) {
      response = failureAnswer(error, rules);
    }
    for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
    return response;
  };
}

async function answer(request: Request, rules: RequestRules, sources: WebSources): Promise<Response> {
  checkOrigin(request, rules);
  const { pathname, searchParams } = new URL(request.url);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const file = PAGE_FILES.get(pathname);
  if (file !== undefined) {
    if (method !== "GET") throw wrongMethod(["GET"]);
    return new Response(file.text, { headers: { "content-type": file.type } });
  }
  const found = ROUTES.map((route) => ({ route, name: nameIn(pathname, route) }))
    .filter((one): one is { route: Route; name: string } => one.name !== undefined);
  if (!(found.length > 0 && found.every(({ route }) => route.isPublic))) checkToken(request, rules);
  if (found.length === 0) throw new RequestFailure(404, "not-found", `there is no ${pathname}`);
  const match = found.find(({ route }) => route.method === method);
  if (match === undefined) throw wrongMethod(found.map(({ route }) => route.method));
  const { route, name } = match;
  if (rules.readOnly && route.method !== "GET") {
    throw new RequestFailure(
      403,
      "read-only",
      "this dinit-web only shows services: it was started with --read-only",
    );
  }
  const { readOnly } = rules;
  const value = await route.answer({
    sources,
    headers: request.headers,
    name,
    query: searchParams,
    readOnly,
  });
  return value instanceof Response ? value : Response.json(value);
}

/** Refuses requests that come from pages of others. */
function checkOrigin(request: Request, { address, hosts }: RequestRules): void {
  // HTTP/2 has the host in the address; in HTTP/1 an address in the request line may contradict the header.
  const named = URL.canParse(request.url) ? new URL(request.url).host : "";
  const host = request.headers.get("host") ?? named;
  if (named === "" || !isOwnHost(address, host, hosts) || !isOwnHost(address, named, hosts)) {
    throw new RequestFailure(
      421,
      "wrong-host",
      "this is not a name of this server; open the printed link, or start dinit-web with --host=NAME",
    );
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin.replace(/^https?:\/\//, "") !== host) {
    throw new RequestFailure(403, "wrong-origin", "the request comes from a page of another server");
  }
}

function checkToken(request: Request, { token }: RequestRules): void {
  if (token === undefined || hasToken(request.headers.get("authorization"), token)) return;
  throw new RequestFailure(
    401,
    "no-token",
    "the request needs the header Authorization: Bearer TOKEN, with the token of the printed link",
    { "www-authenticate": "Bearer" },
  );
}

function wrongMethod(methods: readonly string[]): RequestFailure {
  const allow = methods.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
  return new RequestFailure(405, "wrong-method", `this path accepts ${allow}`, { allow });
}

/** The name in a path: empty if the route has none; `undefined` if the path is not that of the route. */
function nameIn(pathname: string, { path }: Route): string | undefined {
  const [before, behind] = path.split("{name}");
  if (behind === undefined) return pathname === path ? "" : undefined;
  if (!pathname.startsWith(before) || !pathname.endsWith(behind)) return undefined;
  const part = pathname.slice(before.length, pathname.length - behind.length);
  if (part === "" || part.includes("/")) return undefined;
  return decodeBytes(percentDecoded(part));
}

/** The bytes of a part of a path: a service name need not be UTF-8. */
function percentDecoded(part: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < part.length; at++) {
    const digits = /^%([0-9a-fA-F]{2})/.exec(part.slice(at, at + 3))?.[1];
    bytes.push(digits === undefined ? part.charCodeAt(at) : parseInt(digits, 16)); // a URL is ASCII
    if (digits !== undefined) at += 2;
  }
  return Uint8Array.from(bytes);
}

function failureAnswer(error: unknown, { report }: RequestRules): Response {
  const failure = requestFailure(error);
  if (failure === undefined) report(error);
  const { status, code, message, headers } = failure ??
    new RequestFailure(500, "internal-error", "dinit-web has a mistake; its log has the details");
  return Response.json({ error: { code, message } }, { status, headers });
}
