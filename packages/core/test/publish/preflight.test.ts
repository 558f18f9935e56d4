import { expect, test } from 'vitest';
import { checkTopic, checkTransactions } from '../../src/runs/publish/preflight.js';

const two = { 'min.insync.replicas': '2' };
const one = { 'min.insync.replicas': '1' };
const kindsOf = (settings: Readonly<Record<string, string>> | null) =>
  checkTopic('out', settings, 'publication').map(({ kind }) => kind);

test('settings with which brokers may lose what they acknowledged are warned about', () => {
  expect(kindsOf(two)).toEqual([]);
  expect(kindsOf({})).toEqual(['one-replica-suffices']);
  expect(kindsOf(one)).toEqual(['one-replica-suffices']);
  expect(kindsOf({ ...two, 'unclean.leader.election.enable': 'false' })).toEqual([]);
  expect(kindsOf({ ...two, 'unclean.leader.election.enable': 'true' })).toEqual(['unclean-election']);
  expect(kindsOf(null)).toEqual(['settings-hidden']);
});

test('so is a cluster that keeps its transactions on one broker, where the topic itself is kept on several', () => {
  expect(checkTransactions(two, two)).toEqual([]);
  expect(checkTransactions(one, two)).toEqual([{ kind: 'transactions-on-one-replica', minInsyncReplicas: 1 }]);
  expect(checkTransactions(null, two)).toEqual([{ kind: 'transactions-hidden' }]);
  expect(checkTransactions(one, one)).toEqual([]);
  expect(checkTransactions(null, null)).toEqual([]);
});
