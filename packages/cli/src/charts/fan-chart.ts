import type * as Plot from '@observablehq/plot';
import type { Html } from '../report/page/html.js';
import type { Charts } from './load-charts.js';

export interface FanPoint {
  readonly at: number;
  /** NaN breaks a line. */
  readonly value: number;
}

interface FanBand {
  /** The probability with which it lies in there. */
  readonly level: number;
  readonly points: readonly { readonly at: number; readonly low: number; readonly high: number }[];
}

/** What is known, what is not, and where it lies with which probability. */
export interface Fan {
  readonly gap: { readonly from: number; readonly to: number };
  readonly known: readonly FanPoint[];
  readonly estimate: readonly FanPoint[];
  readonly bands: readonly FanBand[];
  /** `steps`: a value belongs to all of its stretch; `line`: it goes from one to the next. */
  readonly shape: 'steps' | 'line';
  readonly fromZero: boolean;
}

export interface FanLook {
  readonly width: number;
  readonly height: number;
  /** For those who do not see it. */
  readonly label: string;
  readonly ticks: number | readonly Date[];
  readonly tickFormat: (time: Date, index: number) => string;
}

/** History, gap, estimate and fan: one drawing for the report and for single pictures. Colours are names of the page's. */
export function fanChart(fan: Fan, { width, height, label, ticks, tickFormat }: FanLook, charts: Charts): Html {
  const { plot, draw } = charts;
  const curve = fan.shape === 'steps' ? 'step-after' : 'linear';
  const values = [
    ...[...fan.known, ...fan.estimate].map(({ value }) => value),
    ...fan.bands.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
  ].filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const times = [...fan.known, ...fan.estimate].map(({ at }) => at);
  const tickValues = ticks as number | Date[];
  const line = (points: readonly FanPoint[]) => points.map(({ at, value }) => ({ at: new Date(at), value }));
  const marks: Plot.Markish[] = [
    plot.rect([fan.gap], {
      x1: ({ from }: Fan['gap']) => new Date(from),
      x2: ({ to }: Fan['gap']) => new Date(to),
      fill: 'var(--window)',
      fillOpacity: 0.6,
    }),
    plot.gridY({ stroke: 'var(--soft)', strokeOpacity: 1, ticks: 5 }),
    ...fan.bands
      .toSorted((a, b) => b.level - a.level)
      .map(({ points }) =>
        plot.areaY(
          points.map(({ at, low, high }) => ({ at: new Date(at), low, high })),
          { x: 'at', y1: 'low', y2: 'high', curve, fill: 'var(--estimate)', fillOpacity: 0.26 },
        ),
      ),
    plot.lineY(line(fan.known), { x: 'at', y: 'value', curve, stroke: 'var(--held)', strokeWidth: 1.6 }),
    plot.lineY(line(fan.estimate), { x: 'at', y: 'value', curve, stroke: 'var(--estimate)', strokeWidth: 2.2 }),
  ];
  return draw(
    {
      ...{ width, height, marginLeft: 68, marginRight: 14, marginTop: 14, marginBottom: 34 },
      x: {
        ...{ type: 'utc', label: null, ticks: tickValues, tickFormat },
        domain: [new Date(Math.min(...times)), new Date(Math.max(...times))],
      },
      y: {
        ...{ label: null, nice: true, ticks: 5, tickSize: 0 },
        domain: fan.fromZero
          ? [Math.min(0, least), Math.max(0, most)]
          : least < most
            ? [least, most]
            : [least - 1, most + 1],
      },
      marks,
    },
    label,
  );
}
