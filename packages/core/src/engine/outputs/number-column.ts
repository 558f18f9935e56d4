/**
 * A column of numbers as JSON: whole numbers from 0 up as the first and the steps from each to the next, which are short
 * and, above all, several times cheaper to write than large numbers; any other column as it is.
 */
export type NumberColumn = readonly (number | null)[] | { readonly first: number; readonly steps: readonly number[] };

export function packNumbers(numbers: readonly (number | null)[]): NumberColumn {
  const first = numbers[0];
  if (first === undefined || !isIndex(first)) return numbers;
  const steps: number[] = [];
  let before = first;
  for (let index = 1; index < numbers.length; index++) {
    const next = numbers[index] as number | null;
    if (!isIndex(next)) return numbers;
    steps.push(next - before);
    before = next;
  }
  return { first, steps };
}

export function unpackNumbers(column: NumberColumn): readonly (number | null)[] {
  if (!('steps' in column)) return column;
  let last = column.first;
  return [last, ...column.steps.map((step) => (last += step))];
}

function isIndex(value: number | null): value is number {
  return value !== null && value >= 0 && Number.isSafeInteger(value);
}
