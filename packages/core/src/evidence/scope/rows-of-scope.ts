import type { PlanScope } from '../../model/plan/plan.js';

/** The rows whose keys a plan is about: all of them where it has no scope. */
export async function* rowsOfScope<Row extends { readonly key: string }>(
  rows: AsyncIterable<Row>,
  scope: PlanScope | undefined,
): AsyncIterable<Row> {
  if (scope === undefined) {
    yield* rows;
    return;
  }
  const keys = new Set(scope.keys);
  for await (const row of rows) if (keys.has(row.key)) yield row;
}
