import { expect, test } from 'vitest';
import { keptUntil, retentionRuleOf } from './retention-rule.js';

const hour = 3_600_000;

test('age deletes events after retention.ms, and compaction alone deletes none by age', () => {
  const aged = retentionRuleOf({ 'cleanup.policy': 'delete', 'retention.ms': String(hour), 'retention.bytes': '-1' });
  expect(keptUntil(aged, 1000)).toEqual({ time: 1000 + hour, by: `retention.ms=${hour}` });
  const compacted = retentionRuleOf({ 'cleanup.policy': 'compact', 'retention.ms': String(hour) });
  expect(compacted?.compacts).toBe(true);
  expect(keptUntil(compacted, 1000)).toBeNull();
  const both = retentionRuleOf({ 'cleanup.policy': 'compact,delete', 'retention.ms': String(hour) });
  expect(both?.compacts).toBe(true);
  expect(keptUntil(both, 1000)?.time).toBe(1000 + hour);
});

test('what is deleted by size may go at any time, and what nobody may see is unknown', () => {
  const sized = retentionRuleOf({ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '1000' });
  expect(keptUntil(sized, 1000)).toEqual({ time: null, by: 'retention.bytes=1000' });
  expect(keptUntil(retentionRuleOf({ 'retention.ms': '-1', 'retention.bytes': '-1' }), 1000)).toBeNull();
  const both = retentionRuleOf({ 'retention.ms': String(hour), 'retention.bytes': '1000' });
  expect(keptUntil(both, 1000)?.time).toBeNull();
  expect(keptUntil(retentionRuleOf(null), 1000)).toEqual({ time: null, by: 'settings that this user may not see' });
});
