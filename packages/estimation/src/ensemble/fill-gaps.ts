import type { LongWork } from '@eventmend/core';
import type { OpenWorker, PreparedInputs, WalkedEvent } from '@eventmend/core/engine';
import { fewestDonors, type GapCluster } from './choose-donors.js';
import { collectDonors } from './collect-donors.js';
import { drawPath, type DonorBlocks, type DrawnEvent } from './draw-path.js';
import type { LocatedGap } from './locate-gaps.js';
import { randomSource, shuffle } from './random-source.js';
import { countRecurringKeys } from './recurring-keys.js';
import type { FilledGap } from './run-ensemble.js';
import type { StatesRefusal } from './states-refusal.js';
import { walkWhole } from './walk-logs.js';

/** The smallest share of events whose keys were seen before. */
const leastRecurring = 0.2;

/** What every member has in each gap. */
interface FilledGaps {
  readonly gaps: readonly FilledGap[];
  readonly members: number;
  readonly donors: number;
}

/** Draws the events of all gaps for all members, or says why that cannot be done. */
export async function fillGaps(
  prepared: PreparedInputs,
  clusters: readonly GapCluster[],
  worker: OpenWorker,
  wanted: number,
  seed: number,
  work: LongWork,
): Promise<FilledGaps | StatesRefusal> {
  const ofClusters = clusters.flatMap((cluster, place) => cluster.gaps.map((gap) => ({ gap, place, ...cluster })));
  const blocks = new Map<LocatedGap, DonorBlocks<WalkedEvent>>();
  await walkWhole(prepared, work, async (walk, partition) => {
    const here = ofClusters.filter(({ gap }) => gap.partition === partition);
    if (here.length === 0) return;
    const collected = await collectDonors(walk, here);
    here.forEach(({ gap }, at) => blocks.set(gap, collected[at]!));
  });
  const { events, recurring } = await countRecurringKeys(
    ofClusters.map(({ gap }) => ({ gap, blocks: blocks.get(gap)! })),
    worker,
  );
  if (events >= fewestDonors && recurring < leastRecurring * events) {
    return { code: 'keys-do-not-recur', recurring, events };
  }
  const donors = Math.min(...clusters.map(({ shifts }) => shifts.length));
  const repeats = Math.max(1, Math.ceil(wanted / donors));
  const members = donors * repeats;
  const choices = clusters.map(({ shifts }, place) => chooseBlocks(shifts.length, donors, repeats, seed, place));
  const gaps: FilledGap[] = [];
  for (const { gap, place, shifts } of ofClusters) {
    const paths: (readonly DrawnEvent<WalkedEvent>[])[] = [];
    for (let member = 0; member < members; member++) {
      const random = randomSource(seed, 'path', gap.partition, gap.offsets.from, member);
      const path = drawPath(gap, blocks.get(gap)!, shifts, choices[place]![member]!, random);
      if (path === null) return { code: 'no-donor-events', span: gap };
      paths.push(path);
    }
    gaps.push({ gap, paths });
  }
  return { gaps, members, donors };
}

/** Which donor each member has in a cluster: every donor as often as the others, gaps far apart independently of each other. */
function chooseBlocks(all: number, donors: number, repeats: number, seed: number, cluster: number): readonly number[] {
  return Array.from({ length: repeats }, (_, repeat) =>
    shuffle(
      Array.from({ length: all }, (__, donor) => donor),
      randomSource(seed, 'donors', cluster, repeat),
    ).slice(0, donors),
  ).flat();
}
