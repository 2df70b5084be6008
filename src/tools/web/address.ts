/** Where to listen, and which requests may come there. */

import type { WebOptions } from "../../options/dinit_web.ts";
import { WebFailure } from "./failure.ts";

/** A place to listen. */
export type WebAddress =
  | { readonly kind: "unix"; readonly path: string }
  | {
    readonly kind: "tcp";
    /** An address without brackets. */
    readonly hostname: string;
    readonly port: number;
    readonly loopback: boolean;
  };

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1)$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Reads `--listen`. Throws `WebFailure` for another form, and for an address that needs TLS. */
export function webAddress({ listen, tlsCert, tlsKey }: WebOptions, controlSocket: string): WebAddress {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new WebFailure("--tls-cert and --tls-key belong together; give both or none");
  }
  const address = parseAddress(listen ?? `unix:${controlSocket}.web`);
  if (address.kind === "unix") {
    if (tlsCert !== undefined) {
      throw new WebFailure("a unix socket needs no --tls-cert: remove it, or listen on a port");
    }
    return address;
  }
  if (!address.loopback && tlsCert === undefined) {
    throw new WebFailure(
      `${address.hostname} can be reached from other machines, which would see the token; listen on ` +
        `127.0.0.1:${address.port}, or give --tls-cert and --tls-key`,
    );
  }
  return address;
}

function parseAddress(text: string): WebAddress {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path === "" || path.includes("\0")) {
      throw new WebFailure("--listen=unix: needs the path of a socket behind it");
    }
    return { kind: "unix", path };
  }
  const [, inner, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const hostname = inner ?? (plain === "localhost" ? "127.0.0.1" : plain);
  const isAddress = inner !== undefined || (hostname !== undefined && IPV4.test(hostname));
  if (!isAddress || Number(port) > 65_535) {
    throw new WebFailure(
      `--listen should be followed by unix:PATH, 127.0.0.1:PORT or [::1]:PORT, and not by ${text}`,
    );
  }
  return { kind: "tcp", hostname, port: Number(port), loopback: LOOPBACK.test(hostname) };
}

/** An address as it stands in a link. */
export function inLink(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/**
 * Whether a request may name this host. Other names could be those of a foreign page whose name leads here (DNS
 * rebinding). On a unix socket, which no browser reaches, any name is right.
 *
 * @param host the header `Host`
 * @param others names that the command line allows
 */
export function isOwnHost(address: WebAddress, host: string, others: readonly string[]): boolean {
  if (address.kind === "unix") return true;
  const [, inner, plain] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  const name = (inner ?? plain)?.toLowerCase();
  if (name === undefined) return false;
  if (others.some((other) => other.toLowerCase() === name)) return true;
  if (address.loopback) return name === "localhost" || LOOPBACK.test(name);
  // No foreign name leads to a literal address.
  return inner !== undefined || IPV4.test(name);
}
