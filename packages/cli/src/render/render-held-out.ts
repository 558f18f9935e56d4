import { scoreLive, scoreRecovery, type HeldOutComparison, type RightAndWrong } from '@eventmend/core/engine';
import { countOf, formatCount, formatTime } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { table } from '../terminal/table.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { describeHeld, describeShares, describeWrong } from './describe-drill.js';

/** Names a stretch by when its events were handled wrongly. */
export function describeHeldOut({ onset, end, seed }: Pick<HeldOutComparison, 'onset' | 'end' | 'seed'>): string {
  return onset === null || end === null ? `drill ${seed}` : `${formatTime(onset)} to ${formatTime(end)} UTC`;
}

/** The incident laid over several healthy stretches: which strategy would have been how wrong. */
export function renderHeldOut(heldOut: readonly HeldOutComparison[], style: TerminalStyle): string[] {
  const names = new Set(
    heldOut.flatMap(({ recoveries, refused }) => [
      ...recoveries.flatMap(({ subject }) => (subject.kind === 'run' ? [subject.strategy] : [])),
      ...refused.map(({ strategy }) => strategy),
    ]),
  );
  const tiers = ['log-replay', 'checkpoint', 'estimation'] as const;
  const rows = tiers
    .filter((name) => names.has(name))
    .map((name) => {
      const scores = heldOut
        .flatMap(({ recoveries }) =>
          recoveries.filter(({ subject }) => subject.kind === 'run' && subject.strategy === name),
        )
        .map(scoreRecovery);
      const keys = scores.flatMap((score) => score.keys ?? []);
      const exact = sumOf(scores.map((score) => score.exact));
      return [
        name,
        `${formatCount(keys.length)} of ${formatCount(heldOut.length)}`,
        describeShares(keys.map(shareOf)),
        describeShares(scores.flatMap(({ offInSum }) => offInSum ?? [])),
        { text: describeWrong(exact), paint: (exact?.wrong ?? 0) > 0 ? ('bad' as const) : ('good' as const) },
        describeWrong(sumOf(scores.map(({ outputs }) => outputs))),
        describeHeld(sumOf(scores.map(({ intervals }) => intervals))),
      ];
    });
  const live = heldOut
    .flatMap(({ recoveries }) => recoveries.filter(({ subject }) => subject.kind === 'live'))
    .flatMap(({ states }) => scoreLive(states) ?? []);
  return [
    paint(style, 'strong', `This incident over ${countOf(heldOut.length, 'healthy stretch', 'healthy stretches')}`),
    ...heldOut.flatMap((one, index) => labelled(style, index === 0 ? 'held out' : '', describeHeldOut(one))),
    ...table(
      [
        { title: 'Strategy' },
        { title: 'Recovered' },
        { title: 'Keys wrong', wrap: true },
        { title: 'Off in sum', wrap: true },
        { title: 'Exact, wrong', wrap: true },
        { title: 'Outputs wrong', wrap: true },
        { title: 'Intervals hold', wrap: true },
      ],
      [...rows, ['nothing', '', describeShares(live.map(shareOf)), '-', '-', '-', '-']],
      style,
    ),
  ];
}

function shareOf({ of, wrong }: RightAndWrong): number {
  return of === 0 ? 0 : wrong / of;
}

function sumOf(values: readonly (RightAndWrong | null)[]): RightAndWrong | null {
  const known = values.filter((one) => one !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, { of, wrong }) => ({ of: sum.of + of, wrong: sum.wrong + wrong }));
}
