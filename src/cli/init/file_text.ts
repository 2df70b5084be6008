import { headerText, tomlString } from "../../description/toml/mod.ts";
import type { FoundService } from "./findings.ts";

const HEAD = `# The services of this project. 'dinit up' runs them, 'dinit check dinit.toml' checks this file,
# 'dinit help service' explains all settings.
`;

const MORE = `# depends-on = "db"          # starts after the service db, and stops before it
# restart = "on-failure"     # start it again when it fails
# working-dir = "server"     # where it runs
# env-file = ".env"          # NAME=VALUE lines for it
`;

/** The text of a file `dinit.toml`; the first service shows more settings as comments. */
export function fileText(services: readonly FoundService[]): string {
  const blocks = services.map(({ name, command, from }, index) => {
    const words = command.map((word) => tomlString(word.replaceAll("$", "$$$$"))).join(", ");
    return `${headerText(name)}  # ${from}\ncommand = [${words}]\n${index === 0 ? MORE : ""}`;
  });
  return `${HEAD}\n${blocks.join("\n")}`;
}
