const parts = { YYYY: 4, MM: 2, DD: 2, HH: 2, mm: 2, ss: 2 } as const;
type Part = keyof typeof parts;

/**
 * Makes ISO 8601 texts, without a zone, of times in another form: `DD.MM.YYYY`, `MM/DD/YYYY HH:mm:ss`. Null where `form` is
 * none: it has a year of four digits, a month and a day, and nothing twice.
 */
export function timeForm(form: string): ((text: string) => string | null) | null {
  const pieces = form.match(/YYYY|MM|DD|HH|mm|ss|[^A-Za-z]/g);
  if (pieces?.join('') !== form) return null;
  const named = pieces.filter((piece): piece is Part => piece in parts);
  const needed: readonly Part[] = ['YYYY', 'MM', 'DD'];
  if (new Set(named).size !== named.length || !needed.every((part) => named.includes(part))) return null;
  if (named.includes('HH') !== named.includes('mm') || (named.includes('ss') && !named.includes('mm'))) return null;
  const pattern = pieces.map((piece) =>
    piece in parts ? `(\\d{${parts[piece as Part]}})` : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const written = new RegExp(`^${pattern.join('')}$`);
  const at = (part: Part) => named.indexOf(part) + 1;
  const [year, month, day, hour, minute, second] = (['YYYY', 'MM', 'DD', 'HH', 'mm', 'ss'] as const).map(at);
  return (text) => {
    const read = written.exec(text.trim());
    if (read === null) return null;
    const of = (index: number | undefined) => (index === undefined || index === 0 ? '00' : (read[index] ?? '00'));
    const date = `${of(year)}-${of(month)}-${of(day)}`;
    return hour === 0 ? date : `${date}T${of(hour)}:${of(minute)}:${of(second)}`;
  };
}
