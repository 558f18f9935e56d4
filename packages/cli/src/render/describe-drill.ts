import type { DetectionScore, DrillBreach, DrillReport, RightAndWrong, StrategyScore } from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';
import { describeVerdict } from './render-run.js';
import { formatPercent } from './round-estimate.js';

const faultWords = {
  missed: 'missed',
  twice: 'handled twice',
  reordered: 'out of order',
  wrong: 'wrong result',
} as const;

/** `20 missed, 10 handled twice`. */
export function describePlanted(planted: DrillReport['error']['planted']): string {
  const parts = Object.entries(planted).flatMap(([kind, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${faultWords[kind as keyof typeof faultWords]}`],
  );
  return parts.join(', ') || 'none';
}

/** What was planted less often than asked for, since no other event would have shown it. */
export function describeNotPlanted({ error, mix }: DrillReport): string | null {
  const short = Object.entries(error.planted).flatMap(([kind, count]) => {
    const asked = mix[kind as keyof typeof mix] ?? 0;
    return asked >= 1 && count < asked
      ? [`${formatCount(count)} of ${formatCount(asked)} ${faultWords[kind as keyof typeof faultWords]}`]
      : [];
  });
  return short.length === 0 ? null : `${short.join(', ')}: no other event of the error would have shown it`;
}

export function describeLost(lost: DrillReport['lost']): string | null {
  const { retention, hole, untimed, tainted, damaged } = lost;
  const parts = [
    ...(retention > 0 ? [`the first ${countOf(retention, 'event')} of the log`] : []),
    ...(hole > 0 ? [`${countOf(hole, 'event')} in a row of one partition`] : []),
    ...(untimed > 0 ? [`the times of ${countOf(untimed, 'event')}`] : []),
    ...(damaged > 0 ? [`${countOf(damaged, 'checkpoint')} from before the error, by flipped bytes`] : []),
    ...(tainted > 0
      ? [`${countOf(tainted, 'checkpoint')} taken behind the onset ${tainted === 1 ? 'holds' : 'hold'} the error`]
      : []),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}

export function describeLeft({ left, lost }: DrillReport): string {
  const healthy = left.checkpoints - lost.tainted;
  const records = [
    ...(left.state ? ['its state'] : []),
    ...(left.outputs ? ['its outputs'] : []),
    ...(left.ledger ? ['its list of processed events'] : []),
  ];
  return `${records.join(', ') || 'nothing but the log'}; ${countOf(healthy, 'checkpoint')} from before the error`;
}

export function describeWindow({ onset, end, events }: DrillReport['error']): string {
  const when = onset === null || end === null ? '' : `, ${formatTime(onset)} to ${formatTime(end)} UTC`;
  return `${countOf(events, 'event')}${when}`;
}

export function describeDetection({
  found,
  named,
  falseAlarms,
  undetermined,
  planted,
  recall,
  precision,
}: DetectionScore): string {
  const all = Object.values(planted).reduce((sum, count) => sum + count, 0);
  const rate = (share: number | null, of: string) => (share === null ? '' : ` (${of} ${formatPercent(share)})`);
  return [
    `${formatCount(found)} of ${countOf(all, 'fault')} found${rate(recall, 'recall')}, ${formatCount(named)} by their kind`,
    `${countOf(falseAlarms, 'false alarm')}${rate(precision, 'precision')}`,
    `${countOf(undetermined, 'event')} cannot be told`,
  ].join('; ');
}

/** `0 of 229`; nothing where there was nothing to be right or wrong. */
export function describeWrong(values: RightAndWrong | null): string {
  return values === null ? '-' : `${formatCount(values.wrong)} of ${formatCount(values.of)}`;
}

/** Intervals that hold the truth. */
export function describeHeld(intervals: RightAndWrong | null): string {
  return intervals === null ? '-' : `${formatCount(intervals.of - intervals.wrong)} of ${formatCount(intervals.of)}`;
}

export function describeOutcome({ refused, verdict, verified }: StrategyScore): string {
  if (refused !== null) return 'refused';
  return verified === false ? 'failed' : verdict === null ? '' : describeVerdict(verdict);
}

export function describeBreach(breach: DrillBreach): string {
  switch (breach.kind) {
    case 'called-exact-and-wrong':
      return `${breach.strategy} calls ${countOf(breach.keys, 'key')} exact, and ${breach.keys === 1 ? 'it is' : 'they are'} wrong`;
    case 'called-complete-and-is-not':
      return `${breach.strategy} calls its run complete: ${countOf(breach.keys, 'key')} and ${countOf(breach.outputs, 'output')} are wrong`;
    case 'verification-failed':
      return `the run of ${breach.strategy} failed its verification`;
    case 'nothing-recovered':
      return 'no strategy recovered anything';
    case 'precision':
      return `precision ${formatPercent(breach.found)} is below ${formatPercent(breach.bound)}`;
    case 'recall':
      return `recall ${formatPercent(breach.found)} is below ${formatPercent(breach.bound)}`;
    case 'wrong-keys':
      return `${formatPercent(breach.found)} of the keys are wrong in the best recovery, and ${formatPercent(breach.bound)} may be`;
  }
}
