import { describe, expect, it } from 'vitest';
import { moveOfGroup, standOfGroup } from './group-move.js';

const run = (target: number, partition = 0, incarnation = 'a') => ({
  ...{ source: 's', topic: 't', incarnation, partition, target },
});
const topic = (from: number, end: number, partition = 0, incarnation = 'a') => ({
  ...{ topic: 't', incarnation, partition, from, end },
});
const at = (next: number, partition = 0) => ({ topic: 't', partition, next });

describe('where a group goes on behind a run', () => {
  it('is the end of the run in each partition', () => {
    expect(moveOfGroup([run(10), run(4, 1)], [topic(0, 12), topic(0, 4, 1)], [at(7)])).toEqual({
      problems: [],
      steps: [
        { topic: 't', partition: 0, before: 7, after: 10 },
        { topic: 't', partition: 1, before: null, after: 4 },
      ],
    });
  });

  it.each([
    [[run(10)], [topic(0, 12)], [at(11)], 'behind-run'],
    [[run(10)], [topic(0, 12), topic(0, 1, 1)], [], 'partition-not-in-run'],
    [[run(10)], [topic(0, 12, 0, 'b')], [], 'other-topic'],
    [[run(10)], [topic(11, 12)], [], 'outside-topic'],
    [[run(10)], [topic(0, 9)], [], 'outside-topic'],
  ])('is not told where it would be wrong: %#', (ofRun, ofTopic, committed, kind) => {
    const { problems } = moveOfGroup(ofRun, ofTopic, committed);
    expect(problems.map((problem) => problem.kind)).toEqual([kind]);
  });

  it('is known to be before, behind or somewhere else', () => {
    const steps = [
      { topic: 't', partition: 0, before: null, after: 10 },
      { topic: 't', partition: 1, before: 3, after: 4 },
    ];
    expect(standOfGroup(steps, [at(3, 1)])).toEqual({ isBefore: true, isAfter: false, moved: [] });
    expect(standOfGroup(steps, [at(10), at(4, 1)])).toEqual({ isBefore: false, isAfter: true, moved: [] });
    expect(standOfGroup(steps, [at(10), at(3, 1)])).toEqual({ isBefore: false, isAfter: false, moved: [] });
    expect(standOfGroup(steps, [at(11), at(4, 1)])).toMatchObject({ isAfter: false, moved: [at(11)] });
  });
});
