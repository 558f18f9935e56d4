import { cutText } from '../../../terminal/text-width.js';
import { markup, visibleText, type Html } from '../html.js';
import type { Charts } from '../../../charts/load-charts.js';

interface Sum {
  readonly measure: string;
  readonly estimate: number;
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/** Each measure on a scale of its own: the estimate, and where it lies with the stated probability. */
export function intervalChart(sums: readonly Sum[], { plot, draw }: Charts): Html {
  const bounded = sums.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high) && low < high);
  return markup`${bounded.slice(0, 12).map((sum) => {
    const { measure, estimate, level, low, high } = sum;
    const name = cutText(visibleText(measure), 40);
    const percent = Math.round(level * 100);
    const label = `${measure}: ${estimate}, with ${percent} % from ${low} to ${high}.`;
    const pad = (high - low) * 0.35;
    const chart = draw(
      {
        ...{ width: 640, height: 66, marginLeft: 8, marginRight: 8, marginTop: 6, marginBottom: 28 },
        x: {
          domain: [Math.min(low, estimate) - pad, Math.max(high, estimate) + pad],
          label: null,
          ticks: 5,
          nice: true,
        },
        marks: [
          plot.ruleY([0], { stroke: 'var(--soft)' }),
          plot.link([sum], {
            x1: 'low',
            x2: 'high',
            y1: 0,
            y2: 0,
            stroke: 'var(--estimate)',
            strokeWidth: 9,
            strokeOpacity: 0.45,
          }),
          plot.dot([sum], { x: 'estimate', y: 0, r: 5, fill: 'var(--estimate)', stroke: 'var(--back)' }),
        ],
        y: { axis: null, domain: [-1, 1] },
      },
      label,
    );
    return markup`<figure><figcaption>${name}, and where it lies with ${percent} %</figcaption>${chart}</figure>`;
  })}`;
}
