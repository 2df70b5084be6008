/** The sides of a comparison: each function returns one value. */
export type Sides<Name extends string> = Readonly<Record<Name, () => number | Promise<number>>>;

/**
 * Measures all sides in every round, so that other load on the machine affects all of them. Every second round runs in
 * reverse order, so that no side always comes first. Returns each side's values, one per round.
 *
 * @param warmUp extra rounds before, which do not count. @default 0
 */
export async function interleave<Name extends string>(
  runs: number,
  sides: Sides<Name>,
  warmUp = 0,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = -warmUp; round < runs; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await sides[name]();
      if (round >= 0) values[name].push(value);
    }
  }
  return values;
}
