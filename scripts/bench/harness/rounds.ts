/** What is compared: each function gives one value. */
export type Sides<Name extends string> = Readonly<Record<Name, () => number | Promise<number>>>;

/**
 * Measures all sides in every round, so that all of them meet the same other work of the machine. Every other round
 * goes backwards: no side always comes first. Gives each side's values, one for each round.
 *
 * @param warmUp rounds before these, which are not counted. @default 0
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
