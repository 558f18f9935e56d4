import { formatCount } from '../../../terminal/format.js';
import { markup, type Html } from '../html.js';
import type { Charts } from '../../../charts/load-charts.js';

export interface Share {
  readonly name: string;
  readonly count: number;
  readonly colour: string;
  /** Hollow where it is a lack of something. */
  readonly isHollow?: boolean;
}

/** One bar of parts that add up, with a legend that names and counts each; the legend alone where all is of one kind. */
export function shareBar(shares: readonly Share[], label: string, { plot, draw }: Charts): Html {
  const parts = shares.filter(({ count }) => count > 0);
  const sum = parts.reduce((total, { count }) => total + count, 0);
  if (sum === 0) return markup``;
  const text = `${label}: ${parts.map(({ name, count }) => `${formatCount(count)} ${name}`).join(', ')}.`;
  let at = 0;
  const bars = parts.map((part) => ({ ...part, from: at, to: (at += part.count) }));
  const chart = draw(
    {
      width: 940,
      height: 20,
      marginLeft: 1,
      marginRight: 1,
      marginTop: 2,
      marginBottom: 2,
      x: { axis: null, domain: [0, sum] },
      marks: [
        plot.rect(bars, {
          x1: 'from',
          x2: 'to',
          insetLeft: 0.75,
          insetRight: 0.75,
          fill: ({ isHollow, colour }: Share) => (isHollow === true ? 'var(--back)' : colour),
          stroke: 'colour',
          strokeWidth: 1.5,
        }),
      ],
    },
    text,
  );
  return markup`<figure>${parts.length > 1 ? chart : null}<ul class="legend">${parts.map(({ name, count, colour, isHollow }) => markup`<li><svg viewBox="0 0 22 14" aria-hidden="true"><rect x="1.5" y="1.5" width="19" height="11" rx="1" fill="${isHollow === true ? 'none' : colour}" stroke="${colour}" stroke-width="2"/></svg>${formatCount(count)} ${name}</li>`)}</ul></figure>`;
}
