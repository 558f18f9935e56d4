import { RecoveryError } from '@eventmend/core';
import { Option, type Command } from 'commander';

/** What `eventmend estimate` is told of totals and of the books of another side. */
export interface MoneyOptions {
  readonly currency?: string;
  readonly total?: readonly string[];
  readonly totals?: string;
  readonly totalsPeriod?: string;
  readonly totalsValue?: string;
  readonly id?: string;
  readonly key?: string;
  readonly type?: string;
  readonly adds?: string;
  readonly subtracts?: string;
  readonly residual?: string;
  readonly completeTo?: string;
  readonly against?: string;
  readonly againstTime?: string;
  readonly againstValue?: string;
  readonly againstId?: string;
  readonly againstKey?: string;
  readonly againstType?: string;
  readonly againstTimeForm?: string;
  readonly againstDecimal?: 'point' | 'comma';
  readonly againstThousands?: string;
  readonly againstDelimiter?: string;
  readonly fees?: string;
  readonly daysApart?: string;
  readonly opening?: string;
  readonly closing?: string;
}

export function addMoneyOptions(command: Command): Command {
  return command
    .option('--currency <code>', 'of all amounts, such as EUR; needed with totals and --against')
    .option('--total <period=amount>', 'what a period came to, such as 2026-11=1234567.89; may be repeated', collect)
    .option('--totals <file>', 'a table of such totals, a period a row')
    .option('--totals-period <column>', 'its column of the periods; period if not given')
    .option('--totals-value <column>', 'its column of the amounts; total if not given')
    .option('--id <column>', 'a column that names each booking once')
    .option('--key <column>', 'a column of accounts or customers, which both sides must name alike')
    .option('--type <column>', 'a column of what a booking is: sale, refund, fee')
    .option('--adds <types>', 'what a total adds up; everything if not given')
    .option('--subtracts <types>', 'what a total takes off')
    .option('--residual <amount>', 'by how much totals of known periods may differ from their rows; 0 if not given')
    .option('--complete-to <time>', 'up to when the rows are complete, if that is behind the last one')
    .option('--against <file>', 'the rows of another side, such as a bank: a bridge between both')
    .option('--against-time <column>', 'its column of the time, if it has another name')
    .option('--against-value <column>', 'its column of the amounts, if it has another name')
    .option('--against-id <column>', 'its column of the ids, if it has another name than --id')
    .option('--against-key <column>', 'its column of the keys, if it has another name than --key')
    .option('--against-type <column>', 'its column of the types, if it has another name than --type')
    .option('--against-time-form <form>', 'of its times, if they are written otherwise')
    .addOption(
      new Option('--against-decimal <sign>', 'before its fractions, if it is another one').choices(['point', 'comma']),
    )
    .option('--against-thousands <sign>', 'between its thousands, if it is another one')
    .option('--against-delimiter <sign>', 'between its fields, if it is another one')
    .option('--fees <types>', 'types of its rows that are charges of its own')
    .option('--days-apart <days>', 'how far apart both sides may book the same; 3 if not given')
    .option('--opening <amount>', 'its balance when the period of the bridge begins; 0 if not given')
    .option('--closing <amount>', 'its balance when that ends; what its rows come to if not given');
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** Whether anything about money was asked. */
export function asksForMoney({ total, totals, against }: MoneyOptions): boolean {
  return total !== undefined || totals !== undefined || against !== undefined;
}

/**
 * What cannot be asked together, or says nothing alone.
 * @throws RecoveryError `invalid-argument`
 */
export function requireMoneyOptions(
  options: MoneyOptions & { readonly by?: string; readonly value?: string; readonly measure?: string },
): void {
  const { by, value, measure = 'sum', currency, against, type, adds, subtracts } = options;
  const ofBooks = ['fees', 'closing', 'opening', 'daysApart', 'againstValue', 'againstTime', 'againstId'] as const;
  const alone = ofBooks.find((name) => against === undefined && options[name] !== undefined);
  if (alone !== undefined) throw wrong(`--${dashed(alone)} is about the other side`, 'name its table: --against FILE');
  if (!asksForMoney(options)) {
    if (currency === undefined) return;
    throw wrong('--currency alone changes nothing', 'give totals (--total, --totals), or another side (--against)');
  }
  if (currency === undefined)
    throw wrong('totals and bridges need a currency', 'say of which all amounts are: --currency EUR');
  if (value === undefined) throw wrong('totals and bridges are of amounts', 'name their column: --value');
  if (measure !== 'sum') throw wrong(`a ${measure} is no amount of money`, 'leave --measure out');
  if (by !== undefined) throw wrong('totals are of one series, and --by asks for many', 'leave one of them out');
  if (type === undefined && (adds !== undefined || subtracts !== undefined))
    throw wrong('--adds and --subtracts need types', 'name their column: --type');
}

/** Days as milliseconds: so many whole ones, and what clocks show within one. */
export function parseDaysApart(text = '3'): number {
  if (/^\d{1,3}$/.test(text)) return (Number(text) + 1) * 86_400_000 - 1;
  throw wrong(`--days-apart ${JSON.stringify(text)} is not understood`, 'give whole days, such as 3');
}

/** `sale,refund`. */
export function parseTypes(list: string): readonly string[] {
  return list
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function wrong(message: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-argument', message, { hint });
}
