import type {
  Bridge,
  BridgeLine,
  ComparedBooks,
  DefinitionCheck,
  ExplainedGap,
  ExplainedPeriod,
  GapEstimate,
  MissingRefusal,
  UnusablePeriod,
} from '@eventmend/estimation';
import type { ExplainedMoney } from '../commands/explain-money.js';
import { countOf, formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { table } from '../terminal/table.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { wrapText } from '../terminal/text-width.js';
import { formatAmount, formatMoney } from './format-money.js';
import { formatLocal } from './format-local.js';
import type { EstimateSubject } from './render-estimate.js';
import { formatPercent } from './round-estimate.js';

/** Whether totals say what the whole gap came to. */
export function hasAmount({ explained }: ExplainedMoney): boolean {
  return explained?.amount.status === 'exact' || explained?.amount.status === 'bounded';
}

/** What follows for a gap from totals and from the books of another side, before anything that is estimated. */
export function renderMoney(
  money: ExplainedMoney,
  result: GapEstimate,
  subject: EstimateSubject,
  style: TerminalStyle,
): string[] {
  const { explained, books, against } = money;
  const day = (time: number): string => formatLocal(time, subject.zone, 'day');
  const title = explained === null ? 'What the other side says' : 'What totals say';
  return [
    ...wrapText(safeText(`${title} of ${day(result.data.from)} to ${day(result.data.to - 1)}`), style.columns).map(
      (line) => paint(style, 'strong', line),
    ),
    ...(explained === null ? [] : renderTotals(explained, money, result, day, style)),
    ...(books === null ? [] : renderBooks(books, against ?? '', money, day, style)),
  ];
}

function renderTotals(
  explained: ExplainedGap,
  { holding, isComparable }: ExplainedMoney,
  result: GapEstimate,
  day: (time: number) => string,
  style: TerminalStyle,
): string[] {
  const { amount, contradiction, check, periods, unused, survived, repeated } = explained;
  return [
    ...wrapText(amountSentence(explained), style.columns - 2).map(
      (line) => `  ${paint(style, 'strong', safeText(line))}`,
    ),
    ...contradiction.flatMap((name, at) => labelled(style, at === 0 ? 'contradict' : '', name)),
    ...(result.status === 'estimated' && hasKnown(amount)
      ? labelled(
          style,
          'history',
          isComparable
            ? describeHolding(holding)
            : 'the estimate below is of all rows, and these totals are of some types',
        )
      : []),
    ...labelled(style, 'definition', describeCheck(check)),
    ...periods.flatMap((period) => renderPeriod(period, day, style)),
    ...unused.flatMap(({ total, reason }) =>
      labelled(style, 'not used', `${total.name} (${total.of}): ${describeUnusable(reason, day)}`),
    ),
    ...(survived.length > 0
      ? labelled(style, 'survived', `${countOf(survived.length, 'row')} inside of the gap: part of what it came to`)
      : []),
    ...(repeated > 0 ? labelled(style, 'repeated', `${countOf(repeated, 'row')}, each counted once by its id`) : []),
    ...(hasKnown(amount)
      ? labelled(style, 'assumes', 'the totals are right, and no row of their periods is missing outside of the gap')
      : []),
  ];
}

function hasKnown({ status }: ExplainedGap['amount']): boolean {
  return status === 'exact' || status === 'bounded';
}

function amountSentence({ amount, periods }: ExplainedGap): string {
  switch (amount.status) {
    case 'exact':
      return `${formatMoney(amount.amount)}   follows from ${amount.parts.map(({ name }) => name).join(' and ')}`;
    case 'bounded':
      return amount.low.amount === amount.high.amount
        ? `${formatMoney(amount.low)}   if ${amount.parts.map(({ name }) => name).join(' and ')} leave out what they always did`
        : `${formatAmount(amount.low)} to ${formatMoney(amount.high)}   if totals differ from their rows as they did before`;
    case 'contradicting':
      return 'nothing: these totals cannot hold together, and any one of them may be wrong';
    case 'unknown':
      return periods.length === 0
        ? 'nothing: no total is of a period that holds a part of the gap'
        : 'nothing certain of the whole gap';
  }
}

function describeHolding(holding: number | null): string {
  return holding === null
    ? 'alone it says something else: this lies outside of its 95 %. The gap was like no other, or the total means something else'
    : `alone it agrees: this lies inside of its ${formatPercent(holding)}`;
}

function describeCheck({ outcome, periods, smallest, largest }: DefinitionCheck): string {
  const names = periods.map(({ name }) => name);
  const range = names.length > 3 ? `${names[0] ?? ''} … ${names.at(-1) ?? ''}` : names.join(', ');
  const of = `${countOf(periods.length, 'known period')}${range === '' ? '' : ` (${range})`}`;
  switch (outcome) {
    case 'holds':
      return `the totals are what their rows add up to, to the last digit, in ${of}`;
    case 'constant-residual':
      return `in ${of} each total is its rows and ${formatMoney(smallest!)}, which no row explains`;
    case 'varying-residual':
      return `in ${of} totals differ from their rows by ${formatAmount(smallest!)} to ${formatMoney(largest!)}`;
    case 'unchecked':
      return `not checked: ${of}`;
  }
}

function renderPeriod(
  { total, result }: ExplainedPeriod,
  day: (time: number) => string,
  style: TerminalStyle,
): string[] {
  const name = `${total.name} (${total.of})`;
  if (result.status === 'unusable') {
    return labelled(style, 'not used', `${name}: ${describeUnusable(result.reason, day)}`);
  }
  return [
    '',
    `  ${safeText(name)}`,
    ...bridgeRows(result.bridge, style),
    ...(result.status === 'refused' ? labelled(style, 'refused', describeMissingRefusal(result.reason)) : []),
  ];
}

function describeMissingRefusal(reason: MissingRefusal): string {
  switch (reason.code) {
    case 'definition-unchecked':
      return `what the total is made of was seen in ${countOf(reason.periods, 'known period')}, and ${formatCount(reason.needed)} are needed: give totals of earlier periods (--totals)`;
    case 'definition-fails':
      return `totals of known periods are not what their rows add up to, by up to ${formatMoney(reason.widest)}: say what a total is made of (--type, --adds, --subtracts), or what is put up with (--residual)`;
    case 'below-zero':
      return `more survived than the total holds, by ${formatMoney(reason.missing).replace('-', '')}`;
  }
}

function describeUnusable(reason: UnusablePeriod, day: (time: number) => string): string {
  switch (reason.code) {
    case 'slots-missing':
      return `${countOf(reason.slots, 'other slot')} of the period ${reason.slots === 1 ? 'is' : 'are'} missing, ${day(reason.first)} first`;
    case 'not-reached':
      return reason.side === 'begin'
        ? `the rows begin on ${day(reason.known)}, behind its begin`
        : `the rows end on ${day(reason.known - 1)}, before it does (--complete-to says up to when they are complete)`;
    case 'cuts-slots':
      return 'it begins or ends inside of a slot: take a shorter --step';
  }
}

function renderBooks(
  books: ComparedBooks,
  against: string,
  { explained }: ExplainedMoney,
  day: (time: number) => string,
  style: TerminalStyle,
): string[] {
  const { period, ofGap, onlyTheirs, onlyOurs, isClosingKnown, repeated, theirs, ours } = books;
  const others = onlyTheirs.length - ofGap.bookings.filter((booking) => onlyTheirs.includes(booking)).length;
  const range = `${day(period.from)} to ${day(period.to - 1)}`;
  return [
    '',
    `  ${safeText(against)}, ${range}`,
    ...bridgeRows(theirs, style),
    '',
    `  our rows, ${range}`,
    ...bridgeRows(ours, style),
    ...labelled(
      style,
      'of the gap',
      `${safeText(against)} has ${formatMoney(ofGap.amount)} (${countOf(ofGap.bookings.length, 'row')}) that our rows lack`,
    ),
    ...(explained !== null && explained.amount.status === 'exact'
      ? labelled(style, '', compareAmounts(ofGap.amount.amount, explained, ours))
      : []),
    ...(others > 0
      ? labelled(style, 'elsewhere', `${countOf(others, 'row')} of theirs and none of ours, outside of the gap`)
      : []),
    ...(onlyOurs.length > 0
      ? labelled(style, 'only ours', `${countOf(onlyOurs.length, 'row')} of which they know nothing`)
      : []),
    ...(isClosingKnown ? [] : labelled(style, 'closing', 'what their rows come to: no balance was given (--closing)')),
    ...(repeated.length > 0
      ? labelled(style, 'repeated', `${countOf(repeated.length, 'row')}, each counted once by its id`)
      : []),
  ];
}

/** What totals and the other side say of the gap, side by side. */
function compareAmounts(theirs: string, { amount, survived }: ExplainedGap, _ours: Bridge): string {
  if (amount.status !== 'exact') return '';
  const same = amount.amount.amount === theirs && survived.length === 0;
  return same
    ? 'which is what the totals leave'
    : `the totals leave ${formatMoney(amount.amount)} for all of it${survived.length > 0 ? ', what survived included' : ''}`;
}

const words: Readonly<Record<BridgeLine['kind'], string>> = {
  opening: 'opening',
  matched: 'matched on both sides',
  difference: 'matched at another amount',
  timing: 'booked outside of the period by the other side',
  fees: 'fees',
  'only-theirs': 'only theirs',
  'only-ours': 'only ours',
  survived: 'rows outside of the gap',
  missing: 'the gap',
  residual: 'explained by no row',
  closing: 'closing',
};

function bridgeRows(bridge: Bridge, style: TerminalStyle): string[] {
  const isPlain = bridge.some(({ kind }) => kind === 'missing');
  const shown = bridge.filter(({ kind, amount, bookings }) =>
    kind === 'opening' ? !isPlain : kind === 'closing' || kind === 'missing' || amount.amount !== '0' || bookings > 0,
  );
  return table(
    [{ title: '' }, { title: 'Rows', align: 'right' }, { title: bridge[0]!.amount.currency, align: 'right' }],
    shown.map(({ kind, amount, bookings }) => [
      isPlain && kind === 'closing' ? 'total' : words[kind],
      bookings === 0 ? '' : formatCount(bookings),
      formatAmount(amount),
    ]),
    { ...style, columns: style.columns - 4 },
  ).map((line) => `    ${line}`);
}
