/**
 * The files of the page, as texts: they are part of the program, also of the binary. Deno 2.7 imports texts because
 * deno.json has `raw-imports`; later versions do it anyway.
 */

import indexHtml from "./page/index.html" with { type: "text" };
import iconSvg from "./page/icon.svg" with { type: "text" };
import styleCss from "./page/style.css" with { type: "text" };
import appJs from "./page/app.js" with { type: "text" };
import daemonJs from "./page/daemon.js" with { type: "text" };
import elementsJs from "./page/elements.js" with { type: "text" };
import graphJs from "./page/graph.js" with { type: "text" };
import servicesJs from "./page/services.js" with { type: "text" };
import viewsJs from "./page/views.js" with { type: "text" };
import { CHART_STYLE } from "../../insight/mod.ts";

/** One file. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const script = (text: string): PageFile => ({ type: "text/javascript; charset=utf-8", text });
const style = (text: string): PageFile => ({ type: "text/css; charset=utf-8", text });

/** The files by their paths. They contain nothing secret. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  ["/", { type: "text/html; charset=utf-8", text: indexHtml }],
  ["/icon.svg", { type: "image/svg+xml; charset=utf-8", text: iconSvg }],
  ["/style.css", style(styleCss)],
  ["/chart.css", style(CHART_STYLE)],
  ["/app.js", script(appJs)],
  ["/daemon.js", script(daemonJs)],
  ["/elements.js", script(elementsJs)],
  ["/graph.js", script(graphJs)],
  ["/services.js", script(servicesJs)],
  ["/views.js", script(viewsJs)],
]);
