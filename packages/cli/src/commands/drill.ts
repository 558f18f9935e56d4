import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import {
  defaultDrillMix,
  type DrillBounds,
  type DrillBreach,
  type DrillMix,
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
import { renderHeldOut } from '../render/render-held-out.js';
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
  readonly likeIncident?: boolean;
  readonly stretches?: string;
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
  const mix = await mixOf(options, context.engine, incident);
  const made: MadeDrill[] = [];
  const open = await context.engine.openIncident(incident);
  const progress = context.progress();
  try {
    const work = { onProgress: progress.report, signal: context.signal };
    for (let run = 0; run < asked.runs; run++) {
      const seed = asked.firstSeed + run;
      const folder = folderOf(asked, tools.drillsFolder(incident.store), seed);
      const report = await tools.drill(
        open,
        {
          ...asked.drill,
          mix,
          ...(options.likeIncident === true && { likeIncident: asked.runs === 1 ? 1 : run / (asked.runs - 1) }),
          ...{ seed, folder, replace: asked.into === null, untouchable: dataPathsOf(incident) },
          ...portsOf(context.engine, asked.strategies),
        },
        work,
      );
      const breaches = tools.judgeDrill(report, asked.bounds);
      tools.rememberDrill(incident.store, tools.pastDrill(report, breaches, Date.now()));
      const isKept = asked.into !== null || options.keep === true || breaches.length > 0;
      if (!isKept) rmSync(folder, { recursive: true });
      const again = againCommand(incident, options, report, asked, context.cwd);
      made.push({ report, breaches, folder: isKept ? folder : null, again });
    }
  } finally {
    progress.end();
    open.close();
  }
  const history = tools.readDrillHistory(incident.store);
  const heldOut = options.likeIncident === true ? made.map(({ report }) => tools.heldOutOf(report)) : [];
  const [first] = made;
  if (heldOut.length > 0 && first !== undefined) {
    const { digest } = first.report.incident;
    tools.keepHeldOut(incident.store, { incident: digest, workerHash: first.report.worker.hash }, heldOut);
  }
  return {
    exitCode: exitCodeOf(made, tools.isFalseClaim),
    lines: [
      ...made.flatMap((each) => [
        ...renderDrill(each, context.terminal.outStyle, (path) => pathHere(path, context.cwd)),
        '',
      ]),
      ...(heldOut.length > 0 ? [...renderHeldOut(heldOut, context.terminal.outStyle), ''] : []),
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
  readonly drill: Pick<DrillOptions, 'events' | 'checkpoints' | 'leaves' | 'faulty'>;
}

function askedOf(options: DrillCommandOptions, cwd: string, history: readonly PastDrill[]): Asked {
  const checkpoints = parseCount('--checkpoints', options.checkpoints, 0);
  const last = history.reduce((most, { seed }) => Math.max(most, seed), 0);
  const events = parseCount('--events', options.events, 1) ?? (options.likeIncident === true ? undefined : usualEvents);
  const { leave } = options;
  return {
    firstSeed: parseCount('--seed', options.seed, 0) ?? last + 1,
    runs: runsOf(options),
    into: options.into === undefined ? null : resolve(cwd, options.into),
    bounds: parseBounds(options),
    strategies: options.strategy ?? strategies,
    drill: {
      ...(events !== undefined && { events }),
      ...(checkpoints !== undefined && { checkpoints }),
      ...(leave !== undefined && { leaves: { outputs: leave.includes('outputs'), ledger: leave.includes('ledger') } }),
      ...(options.faulty !== undefined && { faulty: deployedWorker(options.faulty, cwd) }),
    },
  };
}

function runsOf({ runs, stretches, likeIncident }: DrillCommandOptions): number {
  if ((likeIncident === true ? runs : stretches) !== undefined) {
    throw new RecoveryError(
      'invalid-argument',
      likeIncident === true ? '--runs says nothing with --like-incident' : '--stretches needs --like-incident',
      { hint: 'give --stretches with --like-incident, --runs without it' },
    );
  }
  return likeIncident === true ? (parseCount('--stretches', stretches, 1) ?? 3) : (parseCount('--runs', runs, 1) ?? 1);
}

/** Of an incident that was diagnosed, what was found in it; else what is usual. */
async function mixOf(
  { mix, likeIncident }: DrillCommandOptions,
  engine: Engine,
  { store }: Incident,
): Promise<DrillMix> {
  if (mix !== undefined) return parseMix(mix);
  if (likeIncident !== true) return defaultDrillMix;
  const found = (await engine.lastDiagnosis(store))?.counts;
  const { missed = 0, twice = 0, wrong = 0 } = found ?? {};
  const diagnosed = { missed, twice, reordered: found?.['out-of-order'] ?? 0, wrong };
  if (Object.values(diagnosed).some((count) => count > 0)) return diagnosed;
  const { tainted: _, ...faults } = defaultDrillMix;
  return faults;
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

function againCommand(
  incident: Incident,
  options: DrillCommandOptions,
  report: DrillReport,
  { firstSeed, runs }: Asked,
  cwd: string,
): string {
  const { mix, leave, faulty, strategy } = options;
  return eventmendCommand(
    'drill',
    ...incidentWords(incident, cwd),
    ...(options.likeIncident === true
      ? ['--like-incident', '--stretches', String(runs), '--seed', String(firstSeed)]
      : ['--seed', String(report.seed), '--events', String(report.stretch.events)]),
    ...(mix === undefined ? [] : ['--mix', ...mix]),
    ...(options.likeIncident === true ? [] : ['--checkpoints', String(report.left.checkpoints - report.lost.tainted)]),
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
