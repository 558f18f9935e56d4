import type * as Plot from '@observablehq/plot';
import { escapeText, trusted, type Html } from '../html.js';

/** Draws pictures on the server. */
export interface Charts {
  readonly plot: typeof Plot;
  /** A plot as one picture for those who see and one sentence for those who do not. */
  draw(options: Plot.PlotOptions, label: string): Html;
}

/** Loads what draws; nothing of it is loaded before. */
export async function loadCharts(): Promise<Charts> {
  const plot = await import('@observablehq/plot');
  const { parseHTML } = await import('linkedom');
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    plot,
    draw(options, label) {
      const svg = plot.plot({ ...options, document: document as unknown as NonNullable<Plot.PlotOptions['document']>, className: 'plot' });
      // The page has the style once, and its policy allows no other.
      for (const each of [...svg.querySelectorAll('style')]) each.remove();
      for (const each of [...svg.querySelectorAll('[style]')]) each.removeAttribute('style');
      for (const each of [...svg.querySelectorAll('[aria-label], [aria-description]')]) {
        each.removeAttribute('aria-label');
        each.removeAttribute('aria-description');
      }
      svg.setAttribute('role', 'img');
      svg.removeAttribute('style');
      svg.setAttribute('aria-label', '@');
      return trusted(svg.outerHTML.replace('aria-label="@"', () => `aria-label="${escapeText(label)}"`));
    },
  };
}
