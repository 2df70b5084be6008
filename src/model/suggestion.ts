/**
 * What somebody probably meant to write. Pure. `closestString` of @std/text proposes something for every word, and counts
 * two neighbours that are swapped, the most frequent slip, as two mistakes.
 */

/** One in this many characters may differ from the intended word; never all of them. */
const CHARACTERS_PER_MISTAKE = 3;

/**
 * The candidate that is most similar to `word`; `undefined` if none is similar. If several are equally close, the first
 * one. `undefined` if `word` is itself a candidate, because then it is not misspelt.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.min(Math.max(1, Math.floor(word.length / CHARACTERS_PER_MISTAKE)), word.length - 1);
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate, limit);
    if (distance === 0) return undefined;
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1; // with 0 the loop still finds that the word itself is a candidate
  }
  return best;
}

/**
 * The number of characters that must be inserted, removed, replaced or swapped with their neighbour to turn one text
 * into the other; no place is changed twice.
 *
 * @param limit Beyond this the exact number does not matter: any greater number may be returned. @default Infinity
 */
export function editDistance(from: string, to: string, limit = Infinity): number {
  if (limit === 0) return from === to ? 0 : 1;
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let older: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        previous[column] + 1,
        current[column - 1] + 1,
        previous[column - 1] + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, older[column - 2] + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    older = previous;
    previous = current;
  }
  return previous[to.length];
}
