const form = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:\s?(?:Z|[+-]\d{2}:?\d{2}))?)?$/;

/**
 * Reads an ISO 8601 moment into milliseconds since 1970; null when it is not one. Without a zone it is UTC: what an
 * incident means must not depend on the machine that reads it.
 */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim();
  if (!form.test(trimmed)) return null;
  let iso = trimmed.replace(' ', 'T').replace(/\s/, '');
  if (iso.length === 10) iso += 'T00:00Z';
  else if (!/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso)) iso += 'Z';
  const time = Date.parse(iso);
  // Date.parse rolls 30 February over to March; such a day is a slip of the pen.
  if (Number.isNaN(time) || !sameDay(trimmed.slice(0, 10))) return null;
  return time;
}

function sameDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
