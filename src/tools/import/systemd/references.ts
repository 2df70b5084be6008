/** Which service a unit is, for the directives that name units. */

import { serviceName } from "../names.ts";
import type { Word } from "../words.ts";
import { expand } from "./specifiers.ts";
import { type Unit, unitName } from "./unit.ts";

/** Units of systemd that have a usual name here, or that nothing need name. */
const USUAL_NAMES: ReadonlyMap<string, string> = new Map([
  ["network-online.target", "network"],
  ["network-pre.target", "network"],
  ["local-fs.target", "localfs"],
  ["local-fs-pre.target", "localfs"],
  ["syslog.target", "syslogd"],
  ["syslog.socket", "syslogd"],
  ["rsyslog.service", "rsyslog"],
  ["multi-user.target", "boot"],
  ["graphical.target", "boot"],
  ["default.target", "boot"],
]);

/** A name of a service, and whether it differs from that of the unit. */
export interface Reference {
  readonly name: Word;
  readonly note: string;
}

/** The names of the imported units. */
export class References {
  readonly #names = new Map<string, string>();

  /** Notes the service that a unit has become. */
  set(unit: string, service: string): void {
    if (!this.#names.has(unit)) this.#names.set(unit, service);
  }

  /** The service that a unit has become; `undefined` for a unit that is not imported. */
  imported(unit: string): string | undefined {
    return this.#names.get(unit);
  }

  /** The service that a unit is or would be; `undefined` if the text is no name of a unit. */
  find(text: string, from: Unit): Reference | undefined {
    const expansion = expand(text, from);
    if (!("word" in expansion)) return undefined;
    const marked = expansion.word.map((part) => typeof part === "string" ? part : "\0").join("");
    const name = unitName(marked);
    if (name === undefined) return undefined;
    const known = this.#names.get(marked) ?? USUAL_NAMES.get(marked);
    if (known !== undefined) return { name: [known], note: known === name.stem ? "" : `here it is ${known}` };
    if (name.instance === undefined) {
      const service = serviceName(name.stem);
      return { name: [service], note: service === name.stem ? "" : `here it is ${service}` };
    }
    const template = this.#names.get(`${name.prefix}@.${name.kind}`) ?? serviceName(name.prefix);
    const argument = name.instance.split("\0").flatMap((part, index): Word =>
      index === 0 ? [part] : [{ variable: "1" }, part]
    );
    return { name: [`${template}@`, ...argument], note: "" };
  }
}
