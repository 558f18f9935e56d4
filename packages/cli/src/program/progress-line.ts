import type { ProgressReport } from '@eventmend/core';
import { formatCount, formatDuration } from '../terminal/format.js';
import { symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import { padText, textWidth } from '../terminal/text-width.js';

/** What a progress line says: the report with rate and time left. */
export interface ProgressState extends ProgressReport {
  /** Per second, over the last seconds; null while unknown. */
  readonly rate: number | null;
  readonly gaps: number;
}

const barWidth = 20;

/** One line that fits the width: what does not fit is left out, the least important first. */
export function progressLine(state: ProgressState, style: TerminalStyle): string {
  const parts = partsOf(state, style);
  // A zero says less than the bar does.
  const zeros = [...(state.gaps === 0 ? ['gaps'] : []), ...(state.quarantined === 0 ? ['quarantined'] : [])];
  for (const leftOut of [...zeros, 'bar', 'gaps', 'total', 'count', 'rate', 'quarantined']) {
    const line = parts.map(([, text]) => text).join('  ');
    if (textWidth(line) < style.columns) return line;
    const index = parts.findIndex(([name]) => name === leftOut);
    if (index < 0) continue;
    if (leftOut === 'total') parts[index] = ['count', formatCount(state.done)];
    else parts.splice(index, 1);
  }
  return parts.map(([, text]) => text).join('  ');
}

function partsOf(state: ProgressState, style: TerminalStyle): [name: string, text: string][] {
  const share = state.total > 0 ? Math.min(1, state.done / state.total) : null;
  const parts: [string, string][] = [['phase', padText(state.phase, 6)]];
  if (share !== null) {
    const full = Math.round(share * barWidth);
    parts.push(['bar', symbol(style, 'full').repeat(full) + symbol(style, 'empty').repeat(barWidth - full)]);
    parts.push(['percent', padText(`${Math.floor(share * 100)} %`, 5, 'right')]);
    parts.push(['total', `${formatCount(state.done)} / ${formatCount(state.total)}`]);
  } else {
    parts.push(['count', formatCount(state.done)]);
  }
  if (state.rate !== null) {
    parts.push(['rate', `${formatCount(Math.round(state.rate))}/s`]);
    if (share !== null && share < 1 && state.rate > 0) {
      parts.push(['left', `left ${formatDuration(((state.total - state.done) / state.rate) * 1000)}`]);
    }
  }
  if (state.phase === 'replay' || state.phase === 'verify') {
    parts.push(
      ['gaps', `gaps ${formatCount(state.gaps)}`],
      ['quarantined', `quarantined ${formatCount(state.quarantined)}`],
    );
  }
  return parts;
}
