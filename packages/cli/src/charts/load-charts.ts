import type * as Plot from '@observablehq/plot';
import { escapeText, trusted, type Html } from '../report/page/html.js';

/** What is used of an element of the DOM that charts are drawn in. */
interface DrawnElement {
  readonly outerHTML: string;
  querySelectorAll(selector: string): Iterable<DrawnElement>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
}

/** Draws pictures on the server. */
export interface Charts {
  readonly plot: typeof Plot;
  /** A plot as one picture for those who see and one sentence for those who do not. */
  draw(options: Plot.PlotOptions, label: string): Html;
}

/** Loads what draws; nothing of it is loaded before. */
export async function loadCharts(): Promise<Charts> {
  const plot = await import('@observablehq/plot');
  const { parseHTML } = (await import('linkedom')) as unknown as { parseHTML(text: string): { document: unknown } };
  const drawOn = parseHTML('<!doctype html><html><body></body></html>').document as never;
  return {
    plot,
    draw(options, label) {
      const svg = plot.plot({ ...options, document: drawOn, className: 'plot' }) as unknown as DrawnElement;
      // The page has the style once, and its policy allows no other.
      for (const each of svg.querySelectorAll('style')) each.remove();
      for (const name of ['style', 'aria-label', 'aria-description']) {
        for (const each of svg.querySelectorAll(`[${name}]`)) each.removeAttribute(name);
        svg.removeAttribute(name);
      }
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', '@');
      return trusted(svg.outerHTML.replace('aria-label="@"', () => `aria-label="${escapeText(label)}"`));
    },
  };
}
