import { InexactNumber } from '../../model/json/exact-number.js';
import { parseDecimal, type Decimal } from '../../model/records/decimal.js';

/** Reads an amount that is written in one declared way; null where it is written in another. */
export function amountParser(decimal: 'point' | 'comma', thousands: string | null): (value: unknown) => Decimal | null {
  const point = decimal === 'comma' ? ',' : '\\.';
  const between = thousands === null ? null : isBlank(thousands) ? blank : escaped(thousands);
  const whole = between === null ? '\\d+' : `(?:\\d{1,3}(?:${between}\\d{3})+|\\d+)`;
  const form = new RegExp(`^([+\\-\u2212]?)(${whole})(?:${point}(\\d+))?(-?)$`);
  return (value) => {
    // A number of JSON has one form only: the declared one is that of texts.
    if (typeof value === 'number') return parseDecimal(String(value));
    if (value instanceof InexactNumber) return parseDecimal(value.text);
    if (typeof value !== 'string') return null;
    const parts = form.exec(value.trim());
    if (parts === null) return null;
    const [, front = '', digits = '', fraction, behind = ''] = parts;
    if (front !== '' && behind !== '') return null;
    const sign = front === '-' || front === '\u2212' || behind === '-' ? '-' : '';
    const plain = digits.replace(/\D/g, '');
    return parseDecimal(`${sign}${plain}${fraction === undefined ? '' : `.${fraction}`}`);
  };
}

/** Programs write a no-break or a thin space where people see a blank, and nobody can tell them apart. */
const blank = '[ \\u00a0\\u2009\\u202f]';

function isBlank(text: string): boolean {
  return new RegExp(`^${blank}$`).test(text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
