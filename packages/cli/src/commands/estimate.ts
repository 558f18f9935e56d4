import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes, isRecoveryError, RecoveryError } from '@eventmend/core';
import { beginNewFile } from '@eventmend/core/engine';
import { detectRowFormat, type RowFormat } from '@eventmend/core/rows';
import type { GapEstimate, GridStep, KeysEstimate, Measure, Series, Target } from '@eventmend/estimation';
import { moneyToJson } from '../documents/money-to-json.js';
import { gapEstimateToJson, keysEstimateToJson } from '../documents/estimate-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { asksForMoney, requireMoneyOptions, type MoneyOptions } from '../program/money-options.js';
import { pathHere } from '../program/incident-argument.js';
import {
  parseDates,
  parseGap,
  parseMoment,
  parsePercent,
  parseSeason,
  parseZone,
} from '../program/parse-estimate-options.js';
import { loadCharts } from '../charts/load-charts.js';
import { drawEstimate } from '../render/draw-estimate.js';
import { hasAmount, renderMoney } from '../render/render-money.js';
import { renderEstimate, renderKeysEstimate, type EstimateSubject } from '../render/render-estimate.js';
import { explainMoney, type ExplainedMoney, type MoneyTable } from './explain-money.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface EstimateCommandOptions extends MoneyOptions {
  readonly time: string;
  readonly value?: string;
  readonly from: string;
  readonly to: string;
  readonly by?: string;
  readonly measure?: Measure;
  readonly rows?: 'slots' | 'events';
  readonly step?: GridStep;
  readonly zone?: string;
  readonly season?: string;
  readonly holidays?: string;
  readonly target?: Target;
  readonly covariate?: string;
  readonly covariateTime?: string;
  readonly covariateValue?: string;
  readonly demandChanged?: boolean;
  readonly maxWidth?: string;
  readonly timeForm?: string;
  readonly timeUnit?: 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
  readonly decimal?: 'point' | 'comma';
  readonly thousands?: string;
  readonly delimiter?: string;
  readonly format?: RowFormat;
  readonly svg?: string;
}

interface Asked {
  readonly context: CommandContext;
  readonly file: string;
  readonly options: EstimateCommandOptions;
  readonly zone: string;
  readonly gap: { readonly from: number; readonly to: number };
}

/** Estimates what a gap in a table came to. Exit 13 where that is refused. */
export async function estimate(
  context: CommandContext,
  file: string,
  options: EstimateCommandOptions,
): Promise<CommandResult> {
  requireMoneyOptions(options);
  const zone = parseZone(options.zone);
  const asked: Asked = { context, file, options, zone, gap: parseGap(options.from, options.to, zone) };
  const { estimateGap, estimateKeys } = await context.engine.estimation();
  const limits = {
    ...(options.target !== undefined && { target: options.target }),
    ...(options.maxWidth !== undefined && { maxWidth: parsePercent(options.maxWidth) }),
    ...(options.demandChanged === true && { demandChanged: true }),
  };
  // Before the work, so that a name that is taken is told at once.
  const svg = options.svg === undefined ? null : beginNewFile(resolve(context.cwd, options.svg));
  try {
    const { series, empty } = await readSeries(asked);
    const measured = options.measure ?? (options.value === undefined ? 'count' : 'sum');
    const name = options.value ?? 'rows';
    const subject: EstimateSubject = { name, measure: measured, zone, step: stepOf(series), empty };
    if (options.by !== undefined) {
      refuseWithKeys(options);
      const result = estimateKeys(series, asked.gap, limits);
      return resultOfKeys(asked, result, subject);
    }
    const [only] = series.values();
    const covariate = await readCovariate(asked, stepOf(series));
    const result = estimateGap(only!, asked.gap, { ...limits, ...(covariate !== null && { covariate }) });
    const money = asksForMoney(options)
      ? await explainMoney(context, moneyTable(asked), options, { series: only!, result })
      : null;
    if (svg !== null) {
      writeFileSync(svg.draft, drawEstimate(only!, result, subject, await loadCharts()));
      svg.publish();
    }
    return resultOfGap(asked, result, only!, subject, money);
  } finally {
    svg?.discard();
  }
}

function refuseWithKeys({ svg, covariate }: EstimateCommandOptions): void {
  const option = svg !== undefined ? '--svg' : covariate !== undefined ? '--covariate' : null;
  if (option === null) return;
  throw new RecoveryError('invalid-argument', `${option} is about one series, and --by asks for many`, {
    hint: 'leave one of them out',
  });
}

function stepOf(series: ReadonlyMap<string, Series>): GridStep {
  const [first] = series.values();
  return first?.step ?? 'day';
}

async function readSeries({ context, file, options, zone, gap }: Asked) {
  const { readTable, seriesOfTable } = await context.engine.estimation();
  const table = await readTable(inputOf(context, file, options), {
    time: timeOf(options.time, options, zone),
    value: options.value === undefined ? null : amountOf(options.value, options),
    ...(options.by !== undefined && { by: options.by }),
    ...(options.id !== undefined && { id: options.id }),
  }).catch((error: unknown) => {
    throw inOwnWords(error, options);
  });
  const rows = options.rows ?? (options.value === undefined ? 'events' : 'slots');
  const series = seriesOfTable(table, gap, {
    ...(options.completeTo !== undefined && { completeTo: parseMoment('--complete-to', options.completeTo, zone) }),
    measure: options.measure ?? (options.value === undefined ? 'count' : 'sum'),
    ...{ rows, zone },
    ...(options.step !== undefined && { step: options.step }),
    ...(options.season !== undefined && { season: parseSeason(options.season) }),
    ...(options.holidays !== undefined && { holidays: parseDates(options.holidays) }),
  });
  return { series, empty: table.empty };
}

async function readCovariate({ context, options, zone, gap }: Asked, step: GridStep): Promise<Series | null> {
  if (options.covariate === undefined) return null;
  const { readTable, seriesOfTable } = await context.engine.estimation();
  const value = options.covariateValue ?? options.value;
  const { format: _format, ...unlikeTheTable } = options;
  const table = await readTable(inputOf(context, options.covariate, unlikeTheTable), {
    time: timeOf(options.covariateTime ?? options.time, options, zone),
    value: value === undefined ? null : amountOf(value, options),
  }).catch((error: unknown) => {
    throw inOwnWords(error, options);
  });
  const rows = options.rows ?? (value === undefined ? 'events' : 'slots');
  // What the other system knows of the gap counts here, so that its table does not end at it.
  const behind = { from: gap.to, to: gap.to + 1 };
  const [only] = seriesOfTable(table, behind, {
    measure: value === undefined ? 'count' : 'sum',
    ...{ rows, zone, step },
    ...(options.season !== undefined && { season: parseSeason(options.season) }),
  }).values();
  return only ?? null;
}

function moneyTable({ context, file, options, zone }: Asked): MoneyTable {
  return {
    ...{ input: inputOf(context, file, options), zone, time: timeOf(options.time, options, zone) },
    amount: amountOf(options.value ?? '', options),
    inputOf: (other, delimiter = options.delimiter) => {
      const { format: _format, ...unlikeTheTable } = options;
      return inputOf(context, other, { ...unlikeTheTable, ...(delimiter !== undefined && { delimiter }) });
    },
  };
}

function timeOf(column: string, { timeForm, timeUnit }: EstimateCommandOptions, zone: string) {
  return {
    column,
    zone,
    ...(timeForm !== undefined && { form: timeForm }),
    ...(timeUnit !== undefined && { unit: timeUnit }),
  };
}

function amountOf(column: string, { decimal, thousands }: EstimateCommandOptions) {
  return { column, ...(decimal !== undefined && { decimal }), ...(thousands !== undefined && { thousands }) };
}

function inputOf({ cwd }: CommandContext, file: string, { format, delimiter }: EstimateCommandOptions) {
  const detected = format ?? detectRowFormat(file).format;
  if (detected === null) {
    throw new RecoveryError('invalid-argument', `${file}: the ending does not tell the format`, {
      hint: 'say which it is: --format csv, ndjson or parquet',
    });
  }
  return {
    kind: 'file',
    file: resolve(cwd, file),
    format: detected,
    ...(delimiter !== undefined && { delimiter }),
  } as const;
}

/** What the mapping of an incident would be told to declare, an option declares here. */
function inOwnWords(error: unknown, { decimal, value }: EstimateCommandOptions): unknown {
  if (!isRecoveryError(error) || error.code !== 'invalid-field' || decimal !== undefined) return error;
  if (error.details['column'] !== value || error.hint?.includes('decimal') !== true) return error;
  return new RecoveryError('invalid-field', error.message, {
    hint: 'say how values are written: --decimal comma, and --thousands . where there is something between thousands',
    details: error.details,
    cause: error.cause,
  });
}

function resultOfGap(
  { context, file, options }: Asked,
  result: GapEstimate,
  series: Series,
  subject: EstimateSubject,
  money: ExplainedMoney | null,
): CommandResult {
  const style = context.terminal.outStyle;
  const isKnown = result.status === 'estimated' || (money !== null && hasAmount(money));
  return {
    exitCode: isKnown ? exitCodes.ok : exitCodes.infeasible,
    lines: [
      ...(money === null ? [] : [...renderMoney(money, result, subject, style), '']),
      ...renderEstimate(result, series, subject, style),
    ],
    document: {
      subject: documentSubject(file, context, options, subject),
      ...gapEstimateToJson(result),
      ...(money !== null && { money: moneyToJson(money, result) }),
    },
    next:
      options.svg === undefined && result.status === 'estimated'
        ? [again(context, file, { ...options, svg: 'gap.svg' })]
        : [],
  };
}

function resultOfKeys(
  { context, file, options }: Asked,
  result: KeysEstimate,
  subject: EstimateSubject,
): CommandResult {
  const isSummed = result.sum.from === 'keys' || result.sum.result.status === 'estimated';
  return {
    exitCode: isSummed ? exitCodes.ok : exitCodes.infeasible,
    lines: renderKeysEstimate(result, subject, context.terminal.outStyle),
    document: { subject: documentSubject(file, context, options, subject), ...keysEstimateToJson(result) },
    next: [],
  };
}

function documentSubject(
  file: string,
  { cwd }: CommandContext,
  { by }: EstimateCommandOptions,
  subject: EstimateSubject,
) {
  const { name, measure, step, zone, empty } = subject;
  return { file: pathHere(resolve(cwd, file), cwd), value: name, by: by ?? null, measure, step, zone, empty };
}

/** The same command with other options. */
function again({ cwd }: CommandContext, file: string, options: EstimateCommandOptions): string {
  const words = Object.entries(options).flatMap(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (Array.isArray(value)) return (value as readonly string[]).flatMap((one) => [option, one]);
    return value === true ? [option] : typeof value === 'string' ? [option, value] : [];
  });
  return eventmendCommand('estimate', pathHere(resolve(cwd, file), cwd), ...words);
}
