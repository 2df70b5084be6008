/** Other supervisors, each configured to run a number of services with the same program. */

/** A supervisor to compare with. */
export interface Peer {
  readonly name: string;
  /** The program that must be installed. */
  readonly program: string;
  /** The largest number of services that it accepts, or starts in reasonable time. */
  readonly most: number;
  /** Writes its configuration into a folder, for services that run `command`. */
  prepare(folder: string, count: number, command: string): void;
  /** The command that runs it in the foreground. */
  run(folder: string, count: number): string[];
  /** The command that makes it stop its services and exit; without it, it receives `signal`. */
  readonly end?: (folder: string) => string[];
  /** @default "SIGTERM" */
  readonly signal?: Deno.Signal;
  /** Additional environment. @default none */
  readonly environment?: (folder: string) => Record<string, string>;
}

/** A directory per service, with a script that runs it. */
function runScripts(folder: string, count: number, command: string): void {
  for (let index = 0; index < count; index++) {
    Deno.mkdirSync(`${folder}/services/s${index}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/services/s${index}/run`, `#!/bin/sh\nexec ${command}\n`, {
      mode: 0o755,
    });
  }
}

/** The supervisors that `--peers` looks for. */
export const PEERS: readonly Peer[] = [
  {
    name: "supervisord",
    program: "supervisord",
    most: Infinity,
    prepare(folder, count, command) {
      const programs = Array.from(
        { length: count },
        (_, index) =>
          `[program:s${index}]\ncommand=${command}\nstartsecs=0\n` +
          "stdout_logfile=/dev/null\nstderr_logfile=/dev/null\n",
      );
      Deno.writeTextFileSync(
        `${folder}/supervisord.conf`,
        "[supervisord]\nnodaemon=true\nminfds=16384\nminprocs=16384\n" +
          `logfile=/dev/null\nlogfile_maxbytes=0\npidfile=${folder}/pid\n${programs.join("")}`,
      );
    },
    run: (folder) => ["-n", "-c", `${folder}/supervisord.conf`],
  },
  {
    name: "s6",
    program: "s6-svscan",
    most: Infinity,
    prepare: runScripts,
    run: (folder, count) => ["-c", String(count + 16), `${folder}/services`],
    end: (folder) => ["s6-svscanctl", "-t", `${folder}/services`],
  },
  {
    name: "runit",
    program: "runsvdir",
    most: 1000,
    prepare: runScripts,
    run: (folder) => [`${folder}/services`],
    signal: "SIGHUP",
  },
  {
    name: "pm2",
    program: "pm2-runtime",
    most: 100,
    prepare(folder, count, command) {
      const [script, ...args] = command.split(" ");
      const apps = Array.from({ length: count }, (_, index) => ({
        name: `s${index}`,
        script,
        args,
        interpreter: "none",
        out_file: "/dev/null",
        error_file: "/dev/null",
      }));
      Deno.writeTextFileSync(`${folder}/apps.json`, JSON.stringify({ apps }));
    },
    run: (folder) => ["start", `${folder}/apps.json`],
    signal: "SIGINT",
    environment: (folder) => ({ PM2_HOME: `${folder}/pm2` }),
  },
];

/** Whether a program is found in the PATH. */
export function isInstalled(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return ((Deno.statSync(`${folder}/${program}`).mode ?? 0) & 0o111) !== 0;
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  });
}
