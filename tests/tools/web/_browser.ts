/** A browser without a window, driven over its debugging port: enough to see a page as people see it. */

import { programPath } from "../../_needs.ts";
import { soon, until } from "../../_patience.ts";
import { endOf } from "../../_processes.ts";

/** The path of a browser on this machine; `undefined` if there is none. */
export const BROWSER = programPath("chromium", "chromium-browser", "google-chrome");

/** One page in a browser. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, (message: { result?: unknown; error?: unknown }) => void>();
  #sent = 0;
  /** What the page has written to the console, and its errors. */
  readonly complaints: string[] = [];

  private constructor(child: Deno.ChildProcess, directory: string, socket: WebSocket) {
    this.#child = child;
    this.#directory = directory;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  static async start(program: string): Promise<Browser> {
    const directory = Deno.makeTempDirSync({ prefix: "dinit-browser-" });
    const child = new Deno.Command(program, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        `--user-data-dir=${directory}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const port = await until(
      () => {
        try {
          return Deno.readTextFileSync(`${directory}/DevToolsActivePort`).split("\n")[0];
        } catch {
          return undefined;
        }
      },
      "the port of the browser",
      50,
    );
    const page = await until(
      async () => {
        const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
        return targets.find(({ type }: { type: string }) => type === "page");
      },
      "a page of the browser",
      50,
    );
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await soon(new Promise((resolve) => socket.onopen = resolve), "a connection to the browser");
    const browser = new Browser(child, directory, socket);
    await browser.send("Page.enable");
    await browser.send("Runtime.enable");
    await browser.send("Log.enable");
    return browser;
  }

  /** Gives a command of the debugging protocol. */
  async send(method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    const id = ++this.#sent;
    const { promise, resolve } = Promise.withResolvers<{ result?: unknown; error?: unknown }>();
    this.#replies.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await soon(promise, `the browser's answer to ${method}`);
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Record<string, unknown>;
  }

  /** Opens a page. */
  async open(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
  }

  /** The value of an expression in the page. */
  async value(expression: string): Promise<unknown> {
    const { result } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    }) as { result: { value?: unknown } };
    return result.value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    await until(() => this.value(expression), `${expression} in the page`, 20);
  }

  /** Changes the size of the window. */
  async resize(width: number, height: number): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
  }

  /** Chooses the colours that the page should have, and hides scroll bars, for a picture. */
  async prefer(scheme: "light" | "dark"): Promise<void> {
    await this.send("Emulation.setScrollbarsHidden", { hidden: true });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** Presses a key, such as `Tab`. */
  async press(key: string, text = ""): Promise<void> {
    const code = { Tab: 9, Enter: 13, Escape: 27 }[key] ?? 0;
    const event = { key, code: key, windowsVirtualKeyCode: code, nativeVirtualKeyCode: code };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", text, ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** A picture of the page. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Uint8Array.from(atob(String(data)), (character) => character.charCodeAt(0));
  }

  #take(
    message: { id?: number; method?: string; params?: unknown; result?: unknown; error?: unknown },
  ): void {
    const { id, method, params } = message;
    if (id !== undefined) return this.#replies.get(id)?.(message);
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      this.complaints.push(JSON.stringify(params));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.send("Browser.close").catch(() => {});
    this.#socket.close();
    await endOf(this.#child, "the browser");
    Deno.removeSync(this.#directory, { recursive: true });
  }
}
