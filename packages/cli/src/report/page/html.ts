import { safeText } from '../../terminal/safe-text.js';

/** Markup that was made here: what comes from data is escaped in it. */
export interface Html {
  readonly html: string;
}

/** What may stand in markup: texts are escaped, lists are joined, nothing is left out. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Markup with everything escaped that stands in it, also between the quotes of an attribute. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += textOf(value) + (strings[index + 1] ?? '');
  });
  return { html: text };
}

/** Markup that is known to be safe: our own charts, styles and scripts. */
export function trusted(text: string): Html {
  return { html: text };
}

export const nothing: Html = { html: '' };

function textOf(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if ('html' in value) return value.html;
  return value.map(textOf).join('');
}

/**
 * Text as it may stand in markup and in attributes. Control characters, marks that turn or hide text, and halves of characters
 * are shown as escapes: what is seen is what is there.
 */
export function escapeText(text: string): string {
  return safeText(wellFormed(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function wellFormed(text: string): string {
  return text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (half) => `\\u${half.charCodeAt(0).toString(16)}`,
  );
}
