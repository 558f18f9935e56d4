import { formatCount } from '../../terminal/format.js';
import { html, type Content, type Html } from './html.js';

/** Moments as people and programs read them; a dash for none. */
export function when(time: number | null): Html {
  if (time === null || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return html`–`;
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ').replace(/:00$/, '')}</time>`;
}

/** `flights[0]@17`. */
export function place({ topic, partition, offset }: { topic: string; partition: number; offset: string }): string {
  return `${topic}[${partition}]@${offset}`;
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A table that scrolls by itself where it is too wide; the first cell of a row is its head. */
export function tableOf(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  isSum: (index: number) => boolean = () => false,
): Html {
  const cell = (content: Content, index: number): Html => {
    const number = columns[index]?.isNumber === true ? html` class="n"` : null;
    const shown = typeof content === 'number' ? formatCount(content) : content;
    return index === 0 ? html`<th scope="row"${number}>${shown}</th>` : html`<td${number}>${shown}</td>`;
  };
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${columns.map(({ title, isNumber }) => html`<th scope="col"${isNumber === true ? html` class="n"` : null}>${title}</th>`)}</tr></thead>
<tbody>${rows.map((row, index) => html`<tr${isSum(index) ? html` class="sum"` : null}>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}

/** What a fold-out holds is there without any script. */
export function more(summary: Content, body: Html): Html {
  return html`<details class="more"><summary>${summary}</summary>${body}</details>`;
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export function mark(tone: Tone, text: string): Html {
  return html`<span class="mark ${tone}">${text}</span>`;
}

/** What a fidelity says, in the words of the documents. */
export const fidelityTones: Readonly<Record<string, Tone>> = {
  exact: 'good',
  declared: 'good',
  external: 'plain',
  interpolated: 'warn',
  extrapolated: 'warn',
  unproven: 'warn',
  incomplete: 'bad',
};
