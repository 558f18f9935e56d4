import { RecoveryError } from '@eventmend/core';
import { amountParser } from '@eventmend/core/engine';
import type { RowInput } from '@eventmend/core/rows';
import type {
  Booking,
  ComparedBooks,
  ExplainedGap,
  GapEstimate,
  Money,
  PeriodTotal,
  Series,
} from '@eventmend/estimation';
import type { CommandContext } from '../program/command-context.js';
import { parseMoment } from '../program/parse-estimate-options.js';
import { parseDaysApart, parseTypes, type MoneyOptions } from '../program/money-options.js';

/** What was found out about the money of a gap. */
export interface ExplainedMoney {
  readonly currency: string;
  /** Null where no total was given. */
  readonly explained: ExplainedGap | null;
  /** Null where no other side was given. */
  readonly books: ComparedBooks | null;
  /** Their file, for people. */
  readonly against: string | null;
  /** The estimated path as totals have it, a number each slot; null where they do not give the whole gap. */
  readonly fitted: readonly number[] | null;
  /** The narrowest interval of history alone that holds what totals say, as its level; null where none does, or there is none. */
  readonly holding: number | null;
  /** Whether totals add up all rows, as the estimate does: else the two are of different things. */
  readonly isComparable: boolean;
}

/** How the table at hand is read, and where it is. */
export interface MoneyTable {
  readonly input: RowInput;
  readonly zone: string;
  readonly time: { readonly column: string; readonly zone: string; readonly form?: string };
  readonly amount: AmountForm;
  /** Opens another table in the same form, unless it is said to be in another one. */
  readonly inputOf: (file: string, delimiter: string | undefined) => RowInput;
}

interface AmountForm {
  readonly column: string;
  readonly decimal?: 'point' | 'comma';
  readonly thousands?: string;
}

/** Reads bookings, totals and the other side, and says what follows from them. */
export async function explainMoney(
  { engine }: CommandContext,
  table: MoneyTable,
  options: MoneyOptions,
  { series, result }: { readonly series: Series; readonly result: GapEstimate },
): Promise<ExplainedMoney> {
  const { readBookings, explainGap, fitToTotals, levelHolding } = await engine.estimation();
  const { currency = '', id, key, type } = options;
  const named = {
    ...(id !== undefined && { id }),
    ...(key !== undefined && { key }),
    ...(type !== undefined && { type }),
  };
  const { bookings } = await readBookings(table.input, { ...named, time: table.time, amount: table.amount }, currency);
  const totals = await readAllTotals(engine, table, options);
  const gap = { from: result.data.from, to: result.data.to };
  const { adds, subtracts, residual, completeTo } = options;
  const explained =
    totals.length === 0
      ? null
      : explainGap({
          ...{ series, gap, bookings, totals, currency },
          definition: {
            adds: adds === undefined ? null : parseTypes(adds),
            ...(subtracts !== undefined && { subtracts: parseTypes(subtracts) }),
          },
          ...(residual !== undefined && { within: amountOf('--residual', residual, table.amount, currency) }),
          ...(completeTo !== undefined && { completeTo: parseMoment('--complete-to', completeTo, table.zone) }),
        });
  const isComparable = adds === undefined && subtracts === undefined;
  const path = isComparable && result.status === 'estimated' ? result : null;
  return {
    ...{ currency, explained, isComparable },
    books: await compareWith(engine, table, options, { bookings, gap, explained }),
    against: options.against ?? null,
    fitted: explained === null || path === null ? null : fitToTotals(path.path, explained.amount),
    holding: explained === null || path === null ? null : levelHolding(path.intervals, explained.amount),
  };
}

type Engine = CommandContext['engine'];

async function readAllTotals(
  engine: Engine,
  { inputOf, amount, zone }: MoneyTable,
  { total = [], totals, totalsPeriod = 'period', totalsValue = 'total', currency = '' }: MoneyOptions,
): Promise<readonly PeriodTotal[]> {
  const { readTotals, parsePeriod } = await engine.estimation();
  const words = total.map((word): PeriodTotal => {
    const [period = '', digits] = word.split('=');
    if (digits !== undefined) {
      return { ...parsePeriod(period, zone), total: amountOf('--total', digits, amount, currency), of: '--total' };
    }
    throw new RecoveryError('invalid-argument', `--total ${JSON.stringify(word)} is not understood`, {
      hint: 'give a period and an amount: --total 2026-11=1234567.89',
    });
  });
  if (totals === undefined) return words;
  const rows = await readTotals(
    inputOf(totals, undefined),
    { period: totalsPeriod, amount: { ...amount, column: totalsValue } },
    { currency, zone, of: totals },
  );
  return [...words, ...rows];
}

async function compareWith(
  engine: Engine,
  table: MoneyTable,
  options: MoneyOptions,
  {
    bookings,
    gap,
    explained,
  }: {
    readonly bookings: readonly Booking[];
    readonly gap: { readonly from: number; readonly to: number };
    readonly explained: ExplainedGap | null;
  },
): Promise<ComparedBooks | null> {
  const { against, currency = '', fees, daysApart, opening, closing } = options;
  if (against === undefined) return null;
  const { readBookings, compareBooks } = await engine.estimation();
  const id = options.againstId ?? options.id;
  const key = options.againstKey ?? options.key;
  const type = options.againstType ?? options.type;
  const decimal = options.againstDecimal ?? table.amount.decimal;
  const thousands = options.againstDecimal === undefined ? table.amount.thousands : undefined;
  const between = options.againstThousands ?? thousands;
  const form = options.againstTimeForm ?? table.time.form;
  const amount = {
    column: options.againstValue ?? table.amount.column,
    ...(decimal !== undefined && { decimal }),
    ...(between !== undefined && { thousands: between }),
  };
  const theirs = await readBookings(
    table.inputOf(against, options.againstDelimiter),
    {
      time: { column: options.againstTime ?? table.time.column, zone: table.zone, ...(form !== undefined && { form }) },
      ...{ amount, ...(id !== undefined && { id }), ...(type !== undefined && { type }) },
      // Keys that only one side has would match nothing.
      ...(key !== undefined && options.key !== undefined && { key }),
    },
    currency,
  );
  const around = explained?.periods.find(({ total }) => total.from <= gap.from && gap.to <= total.to)?.total ?? gap;
  return compareBooks({
    ...{ currency, gap, ours: bookings, theirs: theirs.bookings, within: parseDaysApart(daysApart) },
    period: { from: around.from, to: around.to },
    ...(fees !== undefined && { fees: parseTypes(fees) }),
    ...(opening !== undefined && { opening: amountOf('--opening', opening, amount, currency) }),
    ...(closing !== undefined && { closing: amountOf('--closing', closing, amount, currency) }),
  });
}

/** An amount in words of the command line: written as in the table, or with a point. */
function amountOf(option: string, text: string, { decimal = 'point', thousands }: AmountForm, currency: string): Money {
  const amount = amountParser(decimal, thousands ?? null)(text);
  if (amount !== null) return { amount, currency };
  throw new RecoveryError(
    'invalid-argument',
    `${option} ${JSON.stringify(text)} is no amount with a decimal ${decimal}`,
    {
      hint: 'write it as the table does: --decimal and --thousands say how',
    },
  );
}
