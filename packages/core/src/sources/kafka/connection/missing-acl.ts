/** What a rule of the cluster allows. */
export type AclOperation = 'Read' | 'Write' | 'Describe' | 'DescribeConfigs';

/** What a rule is about. */
export type AclResource = 'topic' | 'group' | 'cluster' | 'transactional-id';

/** A rule that the cluster lacks. */
export interface MissingAcl {
  readonly operation: AclOperation;
  readonly resourceType: AclResource;
  readonly name: string;
  /** As `User:NAME`; null when it is not known here under which name the cluster knows this client. */
  readonly principal: string | null;
}

/** The name that rules about the cluster as a whole carry. */
export const clusterResource = 'kafka-cluster';

/** In words, for a message. */
export function describeAcl({ operation, resourceType, name, principal }: MissingAcl): string {
  const where = resourceType === 'cluster' ? 'the cluster' : `${resourceType} "${name}"`;
  return `${operation} on ${where}${principal === null ? '' : ` for ${principal}`}`;
}

/** The command that adds the rule; who runs it adds the address and the settings of a user that may. */
export function aclCommand({ operation, resourceType, name, principal }: MissingAcl): string {
  const resource = resourceType === 'cluster' ? '--cluster' : `--${resourceType} ${shellWord(name)}`;
  const who = shellWord(principal ?? 'User:NAME');
  return `kafka-acls.sh --add --allow-principal ${who} --operation ${operation} ${resource}`;
}

function shellWord(text: string): string {
  return /^[\w.:@%+=,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
