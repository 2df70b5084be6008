/**
 * Makes the directories and the first content of the store: `prepare.ts`. Removes the temporary files of programs that
 * were killed while writing: `prepare.ts tidy`.
 */

import { run, setting } from "./shared/program.ts";

run("prepare", () => {
  const data = setting("DATA_DIR");
  if (Deno.args[0] === "tidy") tidy(data);
  else prepare(data, setting("LOG_DIR"));
});

function prepare(data: string, logs: string): void {
  Deno.mkdirSync(data, { recursive: true });
  Deno.mkdirSync(logs, { recursive: true });
  removePortFile(data);
  try {
    const content = JSON.stringify({ greeting: "Hello from the service 'prepare'." });
    Deno.writeTextFileSync(`${data}/store.json`, content, { createNew: true });
  } catch (error) {
    // The content from an earlier run stays.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Another program may use the port of an earlier store by now. */
function removePortFile(data: string): void {
  try {
    Deno.removeSync(`${data}/store.port`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function tidy(data: string): void {
  for (const { name } of Deno.readDirSync(data)) {
    if (name.endsWith(".tmp")) Deno.removeSync(`${data}/${name}`);
  }
}
