/** Whether a name is a pattern. A bracket that is not closed is none. */
export function isPattern(name: string): boolean {
  return /[*?]|\[[^]+\]/.test(name);
}
