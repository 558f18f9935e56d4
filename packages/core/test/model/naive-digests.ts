import { createHash } from 'node:crypto';

/** One output of the golden list. */
export type GoldenOutput = readonly [
  topic: string,
  partition: number,
  offset: number,
  time: number | null,
  output: string,
  key: string,
  ordinal: number,
  businessId: string | null,
  value: unknown,
];

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Adds the hashes up as lists of hexadecimal digits, as on paper. */
export function digestNaiveStates(states: ReadonlyMap<string, unknown>): string {
  let sum: number[] = new Array<number>(64).fill(0);
  for (const [key, state] of states) {
    const digits = [...sha256(`${JSON.stringify(key)}\n${sortedText(state)}`)].map((digit) => parseInt(digit, 16));
    let carry = 0;
    sum = sum
      .map((_, column) => column)
      .reverse()
      .reduce<number[]>((result, column) => {
        const total = (sum[column] as number) + (digits[column] as number) + carry;
        carry = total >= 16 ? 1 : 0;
        return [total % 16, ...result];
      }, []);
  }
  return sum.map((digit) => digit.toString(16)).join('');
}

/** Chunks of 512 outputs, chained; several lanes are chained once more. */
export function digestNaiveOutputs(lanes: readonly (readonly GoldenOutput[])[]): string {
  const chains = lanes.map(chainOf);
  return chains.length === 1 ? (chains[0] as string) : sha256(chains.join('\n'));
}

function chainOf(outputs: readonly GoldenOutput[]): string {
  let chain = sha256('eventmend outputs 2');
  for (let from = 0; from < outputs.length; from += 512) {
    chain = sha256(chain + sha256(chunkText(outputs.slice(from, from + 512))));
  }
  return chain;
}

/** The columns of a chunk in JSON: everything that repeats by number, numbers by their steps, everything rare with its index. */
function chunkText(outputs: readonly GoldenOutput[]): string {
  const partitions: string[] = [];
  const names: string[] = [];
  const numberIn = (list: string[], text: string): number =>
    list.includes(text) ? list.indexOf(text) : list.push(text) - 1;
  const columns: unknown[][] = [[], [], [], [], [], [], []];
  const values: string[] = [];
  outputs.forEach(([topic, partition, offset, time, output, key, ordinal, businessId, value], index) => {
    columns[0]?.push(numberIn(partitions, JSON.stringify([topic, partition])));
    columns[1]?.push(numberIn(names, output));
    columns[2]?.push(offset);
    columns[3]?.push(time);
    columns[4]?.push(key);
    if (ordinal > 0) columns[5]?.push([index, ordinal]);
    if (businessId !== null) columns[6]?.push([index, businessId]);
    values.push(JSON.stringify(value));
  });
  const numbered = `[${partitions.join(',')}],${JSON.stringify(names)}`;
  const texts = columns.map((column, place) => JSON.stringify(place === 2 || place === 3 ? inSteps(column) : column));
  return `[${numbered},${texts.join(',')},[${values.join(',')}]]`;
}

/** Offsets and times: the first and how far it is to each next one, where all are whole and none is missing or negative. */
function inSteps(column: unknown[]): unknown {
  const [first, ...rest] = column as number[];
  if (column.some((number) => !Number.isSafeInteger(number) || (number as number) < 0)) return column;
  let last = first ?? 0;
  return { first, steps: rest.map((number) => [number - last, (last = number)][0]) };
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
