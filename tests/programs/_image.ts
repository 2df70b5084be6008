/** A small root filesystem for an image: the compiled binary and a shell, with the libraries that they need. No registry. */

import { outputOf } from "../_processes.ts";

/** The programs that the example's scripts use. */
const PROGRAMS = ["/bin/sh", "/bin/sleep", "/bin/date", "/bin/mkdir", "/bin/cat"];

/** Copies everything to a folder. `binary` becomes `/usr/bin/dinit`; `extra` is a folder that is copied over the root. */
export async function makeRoot(folder: string, binary: string, extra: string): Promise<void> {
  const copies = [...PROGRAMS.map((path) => [path, path] as const), [binary, "/usr/bin/dinit"] as const];
  for (const [from, to] of copies) {
    copy(from, `${folder}${to}`);
    for (const library of await librariesOf(from)) copy(library, `${folder}${library}`);
  }
  Deno.mkdirSync(`${folder}/etc`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/etc/passwd`, "root:x:0:0::/:/bin/sh\n");
  Deno.writeTextFileSync(`${folder}/etc/group`, "root:x:0:\n");
  const { success } = await outputOf("cp", { args: ["-a", `${extra}/.`, folder] });
  if (!success) throw new Error(`cannot copy ${extra}`);
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(to.replace(/\/[^/]*$/, ""), { recursive: true });
  Deno.copyFileSync(from, to);
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await outputOf("ldd", { args: [program] });
  return [...new TextDecoder().decode(stdout).matchAll(/(?:^|\s)(\/\S+)(?= \()/g)].map(([, path]) => path);
}
