import { openLocator } from '../log/open-locator.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog } from '../../model/log/event-log.js';
import { withSchemas, type LocatedSchemas } from './with-schemas.js';

/** What the locator of a log with schemas names: other threads import this module and open the same log. */
export default async function openSchemaLogByLocator(options: unknown): Promise<EventLog> {
  if (!isLocated(options))
    throw new RecoveryError('unusable-schema', 'the locator of a log with schemas names no log or no schemas');
  const { log: locator, ...rest } = options;
  const log = await openLocator<EventLog>(locator);
  try {
    return withSchemas(log, rest);
  } catch (error) {
    log.close();
    throw error;
  }
}

function isLocated(options: unknown): options is LocatedSchemas {
  if (typeof options !== 'object' || options === null) return false;
  const { log, schemas } = options as { readonly log?: unknown; readonly schemas?: unknown };
  return (
    typeof log === 'object' &&
    log !== null &&
    'module' in log &&
    typeof log.module === 'string' &&
    typeof schemas === 'object' &&
    schemas !== null
  );
}
