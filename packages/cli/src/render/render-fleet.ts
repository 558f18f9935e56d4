import {
  describePartition,
  type FleetPlan,
  type SpreadRefusal,
  type TaskOutcome,
  type TaskVerification,
} from '@eventmend/core/engine';
import { countOf, formatBytes, formatCount, formatDuration, shortDigest } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, type TerminalStyle } from '../terminal/terminal-style.js';

const shownTasks = 12;

/** The tasks of a fleet, and what each is expected to need. */
export function renderFleetPlan({ id, spread, tasks }: FleetPlan, folder: string, style: TerminalStyle): string[] {
  const longest = Math.max(...tasks.map(({ events }) => events));
  const all = tasks.reduce((sum, { events }) => sum + events, 0);
  const expected = tasks.flatMap(({ expectedMs }) => expectedMs ?? []);
  return [
    `${paint(style, 'strong', `Fleet ${id.slice(0, 8)}`)}   ${countOf(tasks.length, 'task')} in ${folder}`,
    ...labelled(style, 'spread', describeSpread(spread)),
    ...tasks.slice(0, shownTasks).flatMap((task) => labelled(style, `task ${task.number}`, describeTask(task))),
    ...(tasks.length > shownTasks ? labelled(style, '', `and ${formatCount(tasks.length - shownTasks)} more`) : []),
    ...labelled(
      style,
      'longest',
      `${countOf(longest, 'event')}: more machines than ${formatCount(Math.max(1, Math.floor(all / Math.max(1, longest))))} gain nothing`,
    ),
    ...labelled(
      style,
      'expected',
      expected.length === 0
        ? 'not known: no run of this worker was measured here'
        : `${formatDuration(Math.max(...expected))} with a core for each task, ${formatDuration(expected.reduce((a, b) => a + b, 0))} of cores in all`,
    ),
  ];
}

function describeSpread(spread: FleetPlan['spread']): string {
  if (spread.kind === 'partitions') return 'by partition: the worker touches keys of one partition only';
  if (spread.groups === null) return 'by key: each event names one';
  const { keys, groups, largest } = spread.groups;
  return `by key: ${countOf(keys, 'key')} in ${countOf(groups, 'group')} that no event connects, the largest with ${countOf(largest.events, 'event')}`;
}

function describeTask({ ranges, events, expectedMs, expectedMemoryBytes }: FleetPlan['tasks'][number]): string {
  const [first] = ranges;
  const where =
    first === undefined
      ? 'its keys'
      : `${describePartition(first)}${ranges.length === 1 ? '' : ` and ${formatCount(ranges.length - 1)} more`}`;
  const needs = [
    ...(expectedMs === null ? [] : [formatDuration(expectedMs)]),
    ...(expectedMemoryBytes === null ? [] : [formatBytes(expectedMemoryBytes)]),
  ];
  return [`${where}, ${countOf(events, 'event')} at most`, ...needs].join(', ');
}

/** How a task ended. */
export function renderTask({ manifest, as }: TaskOutcome, style: TerminalStyle): string[] {
  const { task, lanes, result, measured } = manifest;
  const quarantined = lanes.reduce((sum, lane) => sum + lane.quarantined, 0);
  const outputs = lanes.reduce((sum, lane) => sum + lane.outputs, 0);
  const parked = quarantined === 0 ? '' : `, ${formatCount(quarantined)} quarantined`;
  return [
    `${paint(style, 'strong', `Task ${task}`)}   ${as === 'done' ? 'done' : 'was done already, with the same result'}`,
    ...labelled(style, 'events', `${formatCount(measured.events)} applied${parked}`),
    ...labelled(style, 'outputs', formatCount(outputs)),
    ...labelled(style, 'result', shortDigest(result)),
    ...labelled(style, 'took', `${formatDuration(measured.ms)}, ${formatBytes(measured.memoryBytes)}`),
  ];
}

/** What verifying a task came to. */
export function renderTaskVerification(
  { task, rows, agrees, derived, hash }: TaskVerification,
  style: TerminalStyle,
): string[] {
  const stored = rows.result === 'passed' ? 'every row is what the task says of it' : 'not what the task says of it';
  const states = derived.reduce((sum, { derivation }) => sum + Math.max(0, derivation.part.end.keys), 0);
  const outputs = derived.reduce((sum, { derivation }) => sum + derivation.outputs, 0);
  return [
    `${paint(style, 'strong', `Task ${task}`)}   ${agrees && rows.result === 'passed' ? 'verified' : 'not reproduced'}`,
    ...labelled(style, 'stored', stored),
    ...labelled(
      style,
      'derived',
      derived.length === 0
        ? 'its partitions are derived where other tasks are verified'
        : `${countOf(states, 'key')} and ${countOf(outputs, 'output')}: ${agrees ? 'the same' : 'another result than was recovered'}`,
    ),
    ...labelled(style, 'result', shortDigest(hash)),
  ];
}

/** Why a plan is not spread, in a sentence. */
export function describeSpreadRefusal(reason: SpreadRefusal): string {
  switch (reason.kind) {
    case 'connected': {
      const { keys, events } = reason.groups.largest;
      return `events tie ${formatCount(keys)} of ${countOf(reason.groups.keys, 'key')} together, with ${formatCount(events)} of ${countOf(reason.groups.events, 'event')} (${Math.floor(reason.share * 100)} %): one task would have nearly everything`;
    }
    case 'events-without-keys':
      return `${countOf(reason.events, 'event')} cannot say which keys ${reason.events === 1 ? 'it names' : 'they name'}, and may concern those of any task`;
    case 'deduplicates':
      return 'the worker deduplicates by a business id, and its window of recent ids is one for all keys';
    case 'holes':
      return 'events are lost or damaged, and what they may have reached is told by one order over all keys';
    case 'beside-log':
      return 'records of other systems, facts or estimates are placed among the events of all partitions';
    case 'order':
      return reason.by === 'field'
        ? 'the order is a field of the events, which their outputs do not carry: the list of outputs could not be joined'
        : 'the order is a recorded one, which the outputs do not carry: the list of outputs could not be joined';
    case 'several-baselines':
      return 'keys begin at states of different ages';
  }
}
