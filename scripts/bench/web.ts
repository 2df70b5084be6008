/** The page of `dinit web` with 1,000 services in a browser: how soon it shows them, follows a change, and scrolls. */

import { BROWSER, Browser } from "../../tests/tools/web/_browser.ts";
import {
  atMost,
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  dinitCommand,
  inFolder,
  type Measurement,
  numberedServices,
} from "./harness/mod.ts";

const COUNT = 1000;
/** How often each page is changed, and how many frames are scrolled. */
const CHANGES = 8, FRAMES = 90;
/** The service that is stopped and started. */
const CHANGED = "changed";
/** The time of one frame of the browser, in milliseconds. */
const FRAME = 1000 / 60;

/** The page with the link of `dinit web`, for a daemon with services that are all up. */
async function withPage<T>(use: (link: string, daemon: BenchDaemon) => Promise<T>): Promise<T> {
  return await inFolder(async (folder) => {
    const services = { ...numberedServices(COUNT, "type = internal"), [CHANGED]: "type = internal\n" };
    await using daemon = await BenchDaemon.start(folder, services, { start: ["all", CHANGED] });
    const [program, args] = dinitCommand(["web", "--socket-path", daemon.socket, "--listen=127.0.0.1:0"]);
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped" }).spawn();
    try {
      const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
      return await use((value ?? "").trim(), daemon);
    } finally {
      child.kill();
      await child.status;
    }
  });
}

/** When the page had painted first, and when it had shown all services, in milliseconds from the begin of its load. */
async function firstShown(browser: Browser, link: string): Promise<{ paint: number; services: number }> {
  await browser.open("about:blank");
  await browser.open(link);
  await browser.until('document.querySelector("#connection")?.textContent === "live"');
  const start = async (entries: string) => Number(await browser.value(`${entries}[0].startTime`));
  return {
    paint: await start('performance.getEntriesByName("first-contentful-paint")'),
    services: await start('performance.getEntriesByName("services")'),
  };
}

/** From the stop or start of a service, whose command is on its way, to the frame that shows it; in milliseconds. */
async function change(browser: Browser, daemon: BenchDaemon, order: "start" | "release"): Promise<number> {
  await browser.value(`(() => {
    const row = [...document.querySelectorAll("tbody tr")].find((one) => one.textContent.startsWith("${CHANGED}"));
    const state = row.querySelector(".state");
    window.shown = new Promise((done) => new MutationObserver((_, observer) => {
      observer.disconnect();
      requestAnimationFrame(() => done(Date.now()));
    }).observe(state, { childList: true, characterData: true, subtree: true }));
  })()`);
  const begin = Date.now();
  await daemon.order(order, CHANGED);
  return Number(await browser.value("window.shown")) - begin;
}

/** The times of frames while the page scrolls, in milliseconds. */
async function scrolled(browser: Browser): Promise<number[]> {
  return JSON.parse(String(
    await browser.value(`new Promise((done) => {
    const frames = [];
    let last = performance.now();
    const step = (now) => {
      frames.push(now - last);
      last = now;
      scrollBy(0, 300);
      if (frames.length < ${FRAMES}) requestAnimationFrame(step);
      else done(JSON.stringify(frames.slice(1)));
    };
    requestAnimationFrame(step);
  })`),
  ));
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  if (BROWSER === undefined) return [];
  const paints: number[] = [], services: number[] = [], changes: number[] = [], frames: number[] = [];
  await using browser = await Browser.start(BROWSER);
  for (let run = 0; run < runs; run++) {
    await withPage(async (link, daemon) => {
      const first = await firstShown(browser, link);
      paints.push(first.paint);
      services.push(first.services);
      await daemon.client();
      for (let index = 0; index < CHANGES; index++) {
        changes.push(await change(browser, daemon, index % 2 === 0 ? "release" : "start"));
      }
      frames.push(...await scrolled(browser));
    });
  }
  const limit = (what: string, values: readonly number[], most: number, factor: number): Measurement => ({
    what,
    unit: "ms",
    values,
    beside: [beside(`${Math.round(most)} ms`, values, values.map(() => most), atMost(factor))],
  });
  return [
    limit(`first paint with ${COUNT} services`, paints, 500, 1),
    limit(`all ${COUNT} services in the page`, services, 500, 2),
    limit("a change of state, from the command to the frame", changes, 200, 1),
    limit("a frame while the page scrolls", frames, FRAME, 1.5),
  ];
}

export const bench: BenchCase = { about: "the page of dinit web with 1,000 services in a browser", measure };
