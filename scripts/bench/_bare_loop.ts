const LIBC = `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`;

/** Starts processes as a C program would: a bare loop around `posix_spawn`. */
export class BareLoop {
  readonly #library = Deno.dlopen(LIBC, {
    posix_spawn: {
      parameters: ["buffer", "buffer", "pointer", "pointer", "buffer", "buffer"],
      result: "i32",
    },
    waitpid: { parameters: ["i32", "pointer", "i32"], result: "i32" },
  });
  readonly #texts: readonly Uint8Array<ArrayBuffer>[];
  readonly #environment: readonly Uint8Array<ArrayBuffer>[];
  readonly #argv: Uint8Array<ArrayBuffer>;
  readonly #envp: Uint8Array<ArrayBuffer>;
  readonly #pid = new Int32Array(1);

  constructor(argv: readonly string[], environment: ReadonlyMap<string, string>) {
    this.#texts = argv.map(cString);
    this.#environment = Array.from(environment, ([name, value]) => cString(`${name}=${value}`));
    this.#argv = vector(this.#texts);
    this.#envp = vector(this.#environment);
  }

  /** Milliseconds that `count` processes take; they are gone afterwards. */
  run(count: number): number {
    const { posix_spawn: spawn, waitpid } = this.#library.symbols;
    const pid = new Uint8Array(this.#pid.buffer);
    const all: number[] = [];
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      if (spawn(pid, this.#texts[0], null, null, this.#argv, this.#envp) !== 0) {
        throw new Error("posix_spawn failed");
      }
      all.push(this.#pid[0]);
    }
    const elapsed = performance.now() - start;
    for (const pid of all) {
      Deno.kill(pid, "SIGKILL");
      waitpid(pid, null, 0);
    }
    return elapsed;
  }
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** An array of addresses that ends with a zero. */
function vector(texts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const addresses = texts.map((text) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  return new Uint8Array(BigUint64Array.from([...addresses, 0n]).buffer);
}
