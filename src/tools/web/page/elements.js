/** Small helpers for elements and texts. */

/** Makes an element. Properties are set as such, except `class`; `role` and names with a dash are attributes. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === "class") made.className = value;
    else if (name === "role" || name.includes("-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Changes a text only if it is another one, which costs nothing for what stays. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const UNITS = [[86_400, "d"], [3600, "h"], [60, "m"], [1, "s"]];

/** A length of time in seconds, in its two largest units; more than 99 days without the hours. */
export function durationText(seconds) {
  const length = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([size]) => length >= size);
  if (first === -1) return "0s";
  const [size, unit] = UNITS[first];
  const next = UNITS[first + 1];
  const large = `${Math.floor(length / size)}${unit}`;
  return next === undefined || length >= 100 * 86_400
    ? large
    : `${large} ${Math.floor((length % size) / next[0])}${next[1]}`;
}

/** A number of bytes for people. */
export function bytesText(bytes) {
  const units = ["B", "K", "M", "G", "T"];
  let size = bytes, unit = 0;
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)}${units[unit]}`;
}

/** Text from services, with control characters made visible. */
export function printable(text) {
  return text.replace(
    // deno-lint-ignore no-control-regex -- these are the characters to show
    /[\x00-\x08\x0b-\x1f\x7f]/g,
    (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
