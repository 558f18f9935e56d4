/** Whether a value passes its bar (`>= 0.8`, `<= 150`); undefined where the bar is not of that form. */
export function passesBar(value, bar) {
  const match = /^(>=|<=)\s*(-?[\d.]+)/.exec(bar ?? '');
  if (!match) return undefined;
  return match[1] === '>=' ? value >= Number(match[2]) : value <= Number(match[2]);
}

/** The result with every field that the JSON promises, or an error that names what a bench module left out. */
export function completeResult(result, file) {
  for (const field of ['name', 'value', 'unit', 'bar', 'runs']) {
    if (result?.[field] === undefined) throw new Error(`${file}: a result has no ${field}`);
  }
  const { name, value, unit, floor = null, peer = null, bar, runs } = result;
  return { name, value, unit, floor, peer, bar, runs };
}
