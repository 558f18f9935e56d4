import { existsSync, readFileSync } from 'node:fs';
import { hash as hashOnce } from 'node:crypto';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { KafkaSettings } from '../../sources/kafka/connection/kafka-settings.js';
import { groupHasMembers, openConsumerGroup, type ConsumerGroup } from '../../sources/kafka/group/consumer-group.js';
import { publicationsOfRun } from '../publish/publications-of-run.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { runFiles } from '../sqlite/run-folder.js';
import { lockRun } from '../sqlite/run-lock.js';
import { moveOfGroup, standOfGroup, type GroupStep, type MoveProblem, type PartitionOfRun } from './group-move.js';

export interface GroupRequest {
  readonly group: string;
  /** The cluster of the input topics. */
  readonly connection: KafkaSettings;
}

/** A move of a group as it stands in the folder of the run: written before the group is, so that it can always be undone. */
interface GroupMove {
  readonly format_version: 1;
  readonly runId: string;
  readonly group: string;
  readonly steps: readonly GroupStep[];
  /** True once it was taken back. */
  readonly undone: boolean;
}

export interface PreparedGroupMove {
  readonly runId: string;
  readonly group: string;
  readonly steps: readonly GroupStep[];
  /** The group stands there already: nothing is left to do. */
  readonly isDone: boolean;
  /** @throws RecoveryError `group-refused` */
  carryOut(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes ready to write where the workers of a group go on behind a run. Nothing is written yet.
 * @throws RecoveryError `group-refused`, `operation-not-allowed`, what connecting to the cluster throws
 */
export async function prepareGroupMove(
  store: string,
  runId: string,
  request: GroupRequest,
): Promise<PreparedGroupMove> {
  const { group: name } = request;
  const report = openRunCatalogue(store).report(runId);
  if (report?.status !== 'verified') {
    throw refused(`run ${runId} is ${report?.status ?? 'unfinished'}, not verified`, `eventmend verify ${runId}`);
  }
  if (report.scope !== undefined) {
    throw refused(
      `run ${runId} is about some keys only: a group that goes on behind it would pass over the events of all others`,
      'recover without a scope first',
    );
  }
  const parts = partitionsOfRun(store, runId);
  const file = groupFile(store, runId, name);
  return opened(store, runId, request, parts, async (group, close) => {
    const known = readMove(file);
    const committed = await group.offsets();
    if ((await group.members()) > 0) throw groupHasMembers(name);
    const earlier = known !== null && !known.undone ? known : null;
    if (earlier !== null && standOfGroup(earlier.steps, committed).isAfter) {
      return {
        ...{ runId, group: name, steps: earlier.steps, isDone: true },
        carryOut: () => Promise.resolve(),
        close,
      };
    }
    const { steps, problems } = moveOfGroup(parts, await partitionsOf(group), committed);
    const [problem] = problems;
    if (problem !== undefined) throw problemOf(problem, name, problems.length - 1);
    const passesOver = steps.some(({ before, after }) => before === null || after > before);
    if (passesOver && hasOutputs(store, runId) && !publicationsOfRun(store, runId).some(({ complete }) => complete)) {
      throw refused(
        `the group ${name} would pass over events whose outputs are not published: nobody would ever send them`,
        `eventmend publish ${runId} --corrections`,
      );
    }
    return {
      ...{ runId, group: name, steps },
      isDone: steps.every(({ before, after }) => before === after),
      async carryOut() {
        await refuseMoved(group, steps, 'isBefore');
        // The first move that was made is the one that an undo goes back to.
        const origin = new Map((earlier?.steps ?? []).map((step) => [placeOf(step), step.before]));
        const kept = steps.map((step) =>
          origin.has(placeOf(step)) ? { ...step, before: origin.get(placeOf(step)) ?? null } : step,
        );
        writeMove(file, { format_version: 1, runId, group: name, steps: kept, undone: false });
        await group.commit(steps.map(({ topic, partition, after }) => ({ topic, partition, next: after })));
        await checkWritten(group, steps, 'isAfter');
      },
      close,
    };
  });
}

/**
 * Makes ready to put a group back to where it stood before `prepareGroupMove`.
 * @throws RecoveryError `group-refused` where nothing was moved, `group-refused` where the group has gone on since, `group-refused`
 */
export async function prepareGroupUndo(
  store: string,
  runId: string,
  request: GroupRequest,
): Promise<PreparedGroupMove> {
  const { group: name } = request;
  const file = groupFile(store, runId, name);
  const move = readMove(file);
  if (move === null)
    throw refused(`run ${runId} has not moved the group ${name}`, 'only what --set-group wrote can be undone');
  const back = move.steps.map(({ topic, partition, before, after }) => ({
    topic,
    partition,
    before: after,
    after: before,
  }));
  return opened(store, runId, request, move.steps, async (group, close) => {
    if ((await group.members()) > 0) throw groupHasMembers(name);
    const stand = standOfGroup(move.steps, await group.offsets());
    if (!stand.isBefore && !stand.isAfter) throw groupMoved(name, stand.moved);
    return {
      ...{ runId, group: name, steps: move.steps, isDone: stand.isBefore },
      async carryOut() {
        if ((await group.members()) > 0) throw groupHasMembers(name);
        const now = standOfGroup(move.steps, await group.offsets());
        if (!now.isAfter && !now.isBefore) throw groupMoved(name, now.moved);
        await group.commit(
          back.flatMap(({ topic, partition, after }) => (after === null ? [] : [{ topic, partition, next: after }])),
        );
        await group.forget(back.filter(({ after }) => after === null));
        await checkWritten(group, move.steps, 'isBefore');
        writeMove(file, { ...move, undone: true });
      },
      close,
    };
  });
}

async function opened(
  store: string,
  runId: string,
  { group: name, connection }: GroupRequest,
  parts: readonly { readonly topic: string }[],
  prepare: (group: ConsumerGroup, close: () => Promise<void>) => Promise<PreparedGroupMove>,
): Promise<PreparedGroupMove> {
  const lock = lockRun(runFiles(store, runId).lock, runId);
  let group: ConsumerGroup | null = null;
  const close = async (): Promise<void> => {
    await group?.close();
    lock.release();
  };
  try {
    group = await openConsumerGroup(connection, name, [...new Set(parts.map(({ topic }) => topic))].sort());
    return await prepare(group, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function partitionsOfRun(store: string, runId: string): readonly PartitionOfRun[] {
  const outputs = openRunCatalogue(store).openOutputs(runId);
  try {
    return outputs.lanes.flatMap((lane) => lane.partitions.map(({ id, target }) => ({ ...id, target })));
  } finally {
    outputs.close();
  }
}

async function partitionsOf(group: ConsumerGroup) {
  const parts = group.topics.flatMap(({ name, id, partitions }) =>
    partitions.map(async (partition) => ({
      topic: name,
      incarnation: id,
      partition,
      ...(await group.range(name, partition)),
    })),
  );
  return Promise.all(parts);
}

/** Whether the run intends outputs that somebody waits for. */
function hasOutputs(store: string, runId: string): boolean {
  const outputs = openRunCatalogue(store).openOutputs(runId);
  try {
    for (const lane of outputs.lanes) {
      for (const { kind } of lane.read()) if (kind !== 'effect' && kind !== 'undeclared') return true;
    }
    return false;
  } finally {
    outputs.close();
  }
}

function groupFile(store: string, runId: string, group: string): string {
  // A group may be called anything; its name stands in the file.
  return join(runFiles(store, runId).folder, `group-${hashOnce('sha256', group).slice(0, 16)}.json`);
}

function readMove(file: string): GroupMove | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GroupMove) : null;
}

function writeMove(file: string, move: GroupMove): void {
  writeFileDurably(file, `${JSON.stringify(move, null, 2)}\n`);
}

async function refuseMoved(group: ConsumerGroup, steps: readonly GroupStep[], expected: 'isBefore'): Promise<void> {
  if ((await group.members()) > 0) throw groupHasMembers(group.name);
  const committed = await group.offsets();
  if (!standOfGroup(steps, committed)[expected]) throw groupMoved(group.name, committed);
}

async function checkWritten(
  group: ConsumerGroup,
  steps: readonly GroupStep[],
  expected: 'isBefore' | 'isAfter',
): Promise<void> {
  const committed = await group.offsets();
  if (!standOfGroup(steps, committed)[expected]) throw groupMoved(group.name, committed);
}

function placeOf({ topic, partition }: Pick<GroupStep, 'topic' | 'partition'>): string {
  return JSON.stringify([topic, partition]);
}

function groupMoved(
  group: string,
  moved: readonly { readonly topic: string; readonly partition: number; readonly next: number }[],
): RecoveryError {
  const [first] = moved;
  const where = first === undefined ? '' : `: it stands at ${first.topic}[${first.partition}]@${first.next}`;
  return new RecoveryError('group-refused', `the offsets of the group ${group} were changed meanwhile${where}`, {
    hint: 'somebody else has written them, or a worker has run since; look before you set them again',
    details: { group, offsets: moved.map(({ topic, partition, next }) => ({ topic, partition, next: String(next) })) },
  });
}

function refused(message: string, hint: string): RecoveryError {
  return new RecoveryError('group-refused', message, { hint });
}

function problemOf(problem: MoveProblem, group: string, more: number): RecoveryError {
  const also = more === 0 ? '' : ` (and ${more} more of this)`;
  switch (problem.kind) {
    case 'behind-run':
      return refused(
        `the group ${group} has come to ${problem.topic}[${problem.partition}]@${problem.before}, and the run ends at ${problem.after}${also}: the events between would be handled twice`,
        'stop the workers, then plan and recover to the end of the log',
      );
    case 'partition-not-in-run':
      return refused(
        `the run does not hold ${problem.topic}[${problem.partition}]${also}: from where on the worker should read it is not known`,
        'plan and recover again: the topic has got partitions since',
      );
    case 'other-topic':
      return refused(
        `${problem.topic} is another topic of this name than the run has read`,
        'offsets of the one mean nothing in the other',
      );
    case 'outside-topic':
      return refused(
        `${problem.topic}[${problem.partition}] does not hold offset ${problem.after}${also}, where the run ends`,
        'retention has passed it, or the run read another cluster',
      );
  }
}
