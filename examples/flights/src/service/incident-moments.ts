import type { FlightTable } from '../flights/flight-table.js';

/** The moments of the incident, as rows: what happens at a moment happens in front of its row. */
export interface IncidentMoments {
  /** First and last snapshots are far from the error, those in the middle close to it. */
  readonly snapshots: readonly { readonly id: string; readonly row: number }[];
  /** Recorded outputs older than this are gone. */
  readonly outputsKeptFrom: number;
  readonly errorFrom: number;
  readonly errorUntil: number;
  readonly end: number;
  /** What the engineers believe: the full hour in which the first wrong numbers must have arisen. Milliseconds. */
  readonly believedOnset: number;
}

/** Of all rows, how many stand in front of each moment. */
export interface IncidentShares {
  readonly snapshots: readonly number[];
  readonly outputsKeptFrom: number;
  readonly errorFrom: number;
  readonly errorUntil: number;
}

const usualShares: IncidentShares = {
  snapshots: [0.2, 0.35, 0.5, 0.6, 0.75, 0.9],
  outputsKeptFrom: 0.52,
  errorFrom: 0.55,
  errorUntil: 0.7,
};

const hour = 3_600_000;

export function incidentMoments(table: FlightTable, shares = usualShares): IncidentMoments {
  const { rows } = table;
  const row = (share: number) => Math.floor(rows * share);
  const errorFrom = row(shares.errorFrom);
  return {
    snapshots: shares.snapshots.map((share, index) => ({ id: `s-0${index + 1}`, row: row(share) })),
    outputsKeptFrom: row(shares.outputsKeptFrom),
    errorFrom,
    errorUntil: row(shares.errorUntil),
    end: rows,
    believedOnset: Math.floor(table.flight(errorFrom).time / hour) * hour,
  };
}
