import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import {
  defaultDrillMix,
  type DrillBounds,
  type DrillBreach,
  type DrillOptions,
  type DrillReport,
  type PastDrill,
} from '@eventmend/core/engine';
import { dataPathsOf, type Incident } from '@eventmend/core/incident';
import { drillToJson, pastDrillToJson } from '../documents/drill-to-json.js';
import { strategies, type ChosenStrategy, type Engine } from '../engine/engine.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { deployedWorker } from '../program/deployed-worker.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import { parseBounds, parseCount, parseMix } from '../program/parse-drill-options.js';
import { renderDrill, renderDrillHistory } from '../render/render-drill.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface DrillCommandOptions {
  readonly mix?: readonly string[];
  readonly seed?: string;
  readonly runs?: string;
  readonly events?: string;
  readonly checkpoints?: string;
  readonly leave?: readonly ('outputs' | 'ledger' | 'nothing')[];
  readonly faulty?: string;
  readonly strategy?: readonly ChosenStrategy[];
  readonly into?: string;
  readonly keep?: boolean;
  readonly minPrecision?: string;
  readonly minRecall?: string;
  readonly maxWrong?: string;
  readonly history?: boolean;
}

/** Enough to show what a recovery is worth, in a minute or two. */
const usualEvents = 200_000;

/** A drill and what is to be said of it. `folder` is null where it was removed. */
export interface MadeDrill {
  readonly report: DrillReport;
  readonly breaches: readonly DrillBreach[];
  readonly folder: string | null;
  /** The command that makes the same drill again. */
  readonly again: string;
}

/** Rehearses an incident in a copy of healthy data. Nothing of the original is written. */
export async function drill(
  context: CommandContext,
  file: string | undefined,
  options: DrillCommandOptions,
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const tools = await context.engine.drills();
  if (options.history === true) return shownHistory(context, incident, tools.readDrillHistory(incident.store));
  const asked = askedOf(options, context.cwd, tools.readDrillHistory(incident.store));
  const made: MadeDrill[] = [];
  const open = await context.engine.openIncident(incident);
  const progress = context.progress();
  try {
    const work = { onProgress: progress.report, signal: context.signal };
    for (let seed = asked.firstSeed; seed < asked.firstSeed + asked.runs; seed++) {
      const folder = folderOf(asked, tools.drillsFolder(incident.store), seed);
      const report = await tools.drill(
        open,
        {
          ...asked.drill,
          ...{ seed, folder, replace: asked.into === null, untouchable: dataPathsOf(incident) },
          ...portsOf(context.engine, asked.strategies),
        },
        work,
      );
      const breaches = tools.judgeDrill(report, asked.bounds);
      tools.rememberDrill(incident.store, tools.pastDrill(report, breaches, Date.now()));
      const isKept = asked.into !== null || options.keep === true || breaches.length > 0;
      if (!isKept) rmSync(folder, { recursive: true });
      const again = againCommand(incident, options, report, context.cwd);
      made.push({ report, breaches, folder: isKept ? folder : null, again });
    }
  } finally {
    progress.end();
    open.close();
  }
  const history = tools.readDrillHistory(incident.store);
  return {
    exitCode: exitCodeOf(made, tools.isFalseClaim),
    lines: [
      ...made.flatMap((each) => [
        ...renderDrill(each, context.terminal.outStyle, (path) => pathHere(path, context.cwd)),
        '',
      ]),
      ...renderDrillHistory(history, context.terminal.outStyle),
    ],
    document: {
      incident: { name: incident.name, digest: incident.digest, file: incident.file },
      drills: made.map(drillToJson),
      history: history.map(pastDrillToJson),
    },
    next: nextAfter(made, incident, context.cwd),
  };
}

interface Asked {
  readonly firstSeed: number;
  readonly runs: number;
  readonly into: string | null;
  readonly bounds: DrillBounds;
  readonly strategies: readonly ChosenStrategy[];
  readonly drill: Pick<DrillOptions, 'mix' | 'events' | 'checkpoints' | 'leaves' | 'faulty'>;
}

function askedOf(options: DrillCommandOptions, cwd: string, history: readonly PastDrill[]): Asked {
  const checkpoints = parseCount('--checkpoints', options.checkpoints, 0);
  const last = history.reduce((most, { seed }) => Math.max(most, seed), 0);
  const { leave } = options;
  return {
    firstSeed: parseCount('--seed', options.seed, 0) ?? last + 1,
    runs: parseCount('--runs', options.runs, 1) ?? 1,
    into: options.into === undefined ? null : resolve(cwd, options.into),
    bounds: parseBounds(options),
    strategies: options.strategy ?? strategies,
    drill: {
      mix: options.mix === undefined ? defaultDrillMix : parseMix(options.mix),
      events: parseCount('--events', options.events, 1) ?? usualEvents,
      ...(checkpoints !== undefined && { checkpoints }),
      ...(leave !== undefined && { leaves: { outputs: leave.includes('outputs'), ledger: leave.includes('ledger') } }),
      ...(options.faulty !== undefined && { faulty: deployedWorker(options.faulty, cwd) }),
    },
  };
}

/** The strategies of this installation, and its diagnosis. */
function portsOf(engine: Engine, names: readonly ChosenStrategy[]): Pick<DrillOptions, 'strategies' | 'diagnose'> {
  return {
    strategies: names.map((name) => ({
      name,
      open: (inputs) => engine.strategy({ ...inputs, close: () => undefined }, name),
    })),
    diagnose: async (inputs, work) => {
      const { diagnose, readFaults } = await engine.diagnosis();
      const { evidence, undetermined } = await diagnose(inputs, {}, work);
      return evidence === 'none' ? null : { accusations: readFaults(inputs.store), undetermined };
    },
  };
}

function folderOf({ into, runs }: Asked, drills: string, seed: number): string {
  const name = `seed-${seed}`;
  if (into === null) return join(drills, name);
  return runs === 1 ? into : join(into, name);
}

/** The worst of all drills decides: a false claim, then nothing recovered, then a bound. */
function exitCodeOf(made: readonly MadeDrill[], isFalseClaim: (breach: DrillBreach) => boolean): number {
  const breaches = made.flatMap((each) => each.breaches);
  if (breaches.some(isFalseClaim)) return exitCodes.mismatch;
  if (breaches.some(({ kind }) => kind === 'nothing-recovered')) return exitCodes.infeasible;
  return breaches.length > 0 ? exitCodes.loss : exitCodes.ok;
}

function againCommand(incident: Incident, options: DrillCommandOptions, report: DrillReport, cwd: string): string {
  const { mix, leave, faulty, strategy } = options;
  return eventmendCommand(
    'drill',
    ...incidentWords(incident, cwd),
    ...['--seed', String(report.seed), '--events', String(report.stretch.events)],
    ...(mix === undefined ? [] : ['--mix', ...mix]),
    ...['--checkpoints', String(report.left.checkpoints - report.lost.tainted)],
    ...(leave === undefined ? [] : ['--leave', ...leave]),
    ...(faulty === undefined ? [] : ['--faulty', faulty]),
    ...(strategy === undefined ? [] : ['--strategy', ...strategy]),
  );
}

function nextAfter(made: readonly MadeDrill[], incident: Incident, cwd: string): readonly string[] {
  const failed = made.find(({ breaches }) => breaches.length > 0);
  if (failed === undefined) return [eventmendCommand('drill', ...incidentWords(incident, cwd))];
  return [failed.again];
}

function shownHistory(context: CommandContext, incident: Incident, history: readonly PastDrill[]): CommandResult {
  return {
    exitCode: exitCodes.ok,
    lines: renderDrillHistory(history, context.terminal.outStyle),
    document: {
      incident: { name: incident.name, digest: incident.digest, file: incident.file },
      drills: [],
      history: history.map(pastDrillToJson),
    },
    next: [eventmendCommand('drill', ...incidentWords(incident, context.cwd))],
  };
}
