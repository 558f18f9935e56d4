import { createHash } from 'node:crypto';

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

/** Chunks of 512 lines, chained; several lanes are chained once more. */
export function digestNaiveOutputs(lanes: readonly (readonly unknown[])[]): string {
  const chains = lanes.map(chainOf);
  return chains.length === 1 ? (chains[0] as string) : sha256(chains.join('\n'));
}

function chainOf(outputs: readonly unknown[]): string {
  let chain = sha256('eventmend outputs 1');
  for (let from = 0; from < outputs.length; from += 512) {
    const lines = outputs.slice(from, from + 512).map((output) => JSON.stringify(output));
    chain = sha256(chain + sha256(`[${lines.join(',\n')}]`));
  }
  return chain;
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
