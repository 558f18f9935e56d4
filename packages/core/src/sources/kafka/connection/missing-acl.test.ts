import { expect, it } from 'vitest';
import { aclCommand, clusterResource, describeAcl } from './missing-acl.js';

it('is said in words and as the command that adds it', () => {
  const acl = { operation: 'Read', resourceType: 'topic', name: 'transfers', principal: 'User:alice' } as const;
  expect(describeAcl(acl)).toBe('Read on topic "transfers" for User:alice');
  expect(aclCommand(acl)).toBe('kafka-acls.sh --add --allow-principal User:alice --operation Read --topic transfers');
  const cluster = { operation: 'Describe', resourceType: 'cluster', name: clusterResource, principal: null } as const;
  expect(describeAcl(cluster)).toBe('Describe on the cluster');
  expect(aclCommand(cluster)).toBe('kafka-acls.sh --add --allow-principal User:NAME --operation Describe --cluster');
});

it('can be pasted into a shell whatever the names are', () => {
  expect(aclCommand({ operation: 'Describe', resourceType: 'group', name: "a'; rm x", principal: 'User:CN=a b' })).toBe(
    `kafka-acls.sh --add --allow-principal 'User:CN=a b' --operation Describe --group 'a'\\''; rm x'`,
  );
});
