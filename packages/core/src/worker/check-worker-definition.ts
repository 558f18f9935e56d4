import { RecoveryError } from '../model/errors/recovery-error.js';
import type { StateEvidence } from '../model/outputs/output.js';
import { canonicalTimeZone } from './local-time-zone.js';
import { nearestName } from './nearest-name.js';

const properties = [
  'name',
  'version',
  'topics',
  'locality',
  'initial',
  'key',
  'keys',
  'evolve',
  'versions',
  'outputs',
  'decode',
  'numbers',
  'timeZone',
  'upcasters',
  'stateVersion',
  'migrations',
  'codec',
  'invariants',
  'measures',
  'normalise',
  'lookups',
  'deduplicate',
  'eventType',
] as const;

const outputKinds = ['event', 'latest', 'delta', 'effect'];
const outputProperties = ['kind', 'retract', 'reveals', 'volatile'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks what a user wrote, whatever a type checker made of it.
 * @throws RecoveryError `invalid-worker` that names the property, what is wrong and what it should be.
 */
export function checkWorkerDefinition(given: unknown): void {
  if (!isRecord(given)) throw invalid('a worker', 'the definition is not an object', 'defineWorker takes one object');
  const name = given['name'];
  if (typeof name !== 'string' || name === '') {
    throw invalid('a worker', 'it has no name', 'name: a text that stays the same when the code changes');
  }
  const who = `worker ${JSON.stringify(name)}`;
  checkPropertyNames(given, who);
  if (typeof given['version'] !== 'string' || given['version'] === '') {
    throw invalid(who, 'it has no version', "version: a text like '1.4.0'");
  }
  checkNames(given, 'topics', who);
  checkNames(given, 'lookups', who);
  const locality = given['locality'];
  if (locality !== undefined && locality !== 'partition' && locality !== 'global') {
    throw invalid(who, 'locality is neither partition nor global', "locality: 'partition' or 'global'");
  }
  const numbers = given['numbers'];
  if (numbers !== undefined && numbers !== 'exact' && numbers !== 'text') {
    throw invalid(who, 'numbers is neither exact nor text', "numbers: 'exact' or 'text'");
  }
  const timeZone = given['timeZone'];
  if (timeZone !== undefined && (typeof timeZone !== 'string' || canonicalTimeZone(timeZone) === null)) {
    throw invalid(who, 'timeZone is no time zone', "timeZone: a name like 'Europe/Berlin' or 'UTC'");
  }
  for (const property of ['initial', 'decode', 'normalise', 'eventType']) checkFunction(given, property, who);
  checkKeys(given, who);
  checkHandlers(given, who);
  checkOutputs(given['outputs'], who);
  checkFunctionsByName(given, 'invariants', who);
  checkFunctionsByName(given, 'measures', who);
  checkUpcasters(given['upcasters'], who);
  checkStateVersion(given, who);
  checkCodec(given['codec'], who);
  checkDeduplication(given['deduplicate'], who);
}

function checkPropertyNames(given: Fields, who: string): void {
  for (const name of Object.keys(given)) {
    if ((properties as readonly string[]).includes(name)) continue;
    const near = nearestName(name, properties);
    const hint = near === null ? `known properties: ${properties.join(', ')}` : `did you mean ${near}?`;
    throw invalid(who, `it has an unknown property ${JSON.stringify(name)}`, hint);
  }
}

function checkKeys(given: Fields, who: string): void {
  checkFunction(given, 'key', who);
  checkFunction(given, 'keys', who);
  const hint = 'key: (event) => the one key, or keys: (event) => a list of keys; not both';
  if (given['key'] !== undefined && given['keys'] !== undefined) throw invalid(who, 'it has both key and keys', hint);
  if (given['key'] === undefined && given['keys'] === undefined)
    throw invalid(who, 'it has neither key nor keys', hint);
}

function checkHandlers(given: Fields, who: string): void {
  const { evolve, versions } = given;
  const hint = 'evolve: one handler, or versions: [{ from, until, evolve }]; not both';
  if (evolve !== undefined && versions !== undefined) throw invalid(who, 'it has both evolve and versions', hint);
  if (evolve === undefined && versions === undefined) throw invalid(who, 'it has neither evolve nor versions', hint);
  checkFunction(given, 'evolve', who);
  if (versions === undefined) return;
  if (!Array.isArray(versions) || versions.length === 0)
    throw invalid(who, 'versions is not a list with an entry', hint);
  const ranges = versions.map((entry: unknown, index) => rangeOf(entry, index, who)).sort((a, b) => a.from - b.from);
  for (let index = 1; index < ranges.length; index++) {
    const [before, after] = [ranges[index - 1], ranges[index]];
    if (before !== undefined && after !== undefined && after.from < before.until) {
      throw invalid(
        who,
        `versions[${before.index}] and versions[${after.index}] overlap`,
        'until is the first millisecond that no longer belongs to a range',
      );
    }
  }
}

function rangeOf(entry: unknown, index: number, who: string): { from: number; until: number; index: number } {
  const where = `versions[${index}]`;
  if (!isRecord(entry)) throw invalid(who, `${where} is not an object`, 'versions: [{ from, until, evolve }]');
  for (const name of Object.keys(entry)) {
    if (!['from', 'until', 'evolve'].includes(name))
      throw invalid(who, `${where} has an unknown property ${JSON.stringify(name)}`, 'known: from, until, evolve');
  }
  checkFunction(entry, 'evolve', who, `${where}.`);
  if (entry['evolve'] === undefined)
    throw invalid(who, `${where} has no evolve`, 'versions: [{ from, until, evolve }]');
  const { from = -Infinity, until = Infinity } = entry;
  if (typeof from !== 'number' || typeof until !== 'number' || !(from < until)) {
    throw invalid(
      who,
      `${where} is not a range of time`,
      'from and until are milliseconds since 1970, from below until',
    );
  }
  return { from, until, index };
}

function checkOutputs(outputs: unknown, who: string): void {
  if (outputs === undefined) return;
  if (!isRecord(outputs)) throw invalid(who, 'outputs is not an object', "outputs: { 'name': { kind: 'event' } }");
  for (const [name, declaration] of Object.entries(outputs)) {
    const kind = isRecord(declaration) ? declaration['kind'] : undefined;
    if (typeof kind !== 'string' || !outputKinds.includes(kind)) {
      throw invalid(
        who,
        `output ${JSON.stringify(name)} has no known kind`,
        `kind is one of ${outputKinds.join(', ')}`,
      );
    }
    const fields = declaration as Fields;
    const unknown = Object.keys(fields).find((property) => !outputProperties.includes(property));
    if (unknown !== undefined) {
      throw invalid(
        who,
        `output ${JSON.stringify(name)} has an unknown property ${JSON.stringify(unknown)}`,
        `known: ${outputProperties.join(', ')}`,
      );
    }
    checkFunction(fields, 'retract', who, `outputs.${name}.`);
    checkReveals(fields['reveals'], name, who);
    checkVolatile(fields, name, who);
  }
}

/** What an output reveals is followed by a diagnosis: a misspelt field would make it look away without a word. */
function checkReveals(reveals: unknown, output: string, who: string): void {
  if (reveals === undefined) return;
  const where = `outputs.${output}.reveals`;
  const hint =
    "reveals: [{ key: 'path to the key', fields: { 'path in the state': 'path in the output' }, within: { … } }]";
  if (!Array.isArray(reveals)) throw invalid(who, `${where} is not a list`, hint);
  reveals.forEach((revelation: unknown, index) => {
    const at = `${where}[${index}]`;
    if (!isRecord(revelation)) throw invalid(who, `${at} is not an object`, hint);
    const unknown = Object.keys(revelation).find((name) => !['key', 'fields', 'within'].includes(name));
    if (unknown !== undefined) {
      throw invalid(who, `${at} has an unknown property ${JSON.stringify(unknown)}`, 'known: key, fields, within');
    }
    const { key, fields, within = {} } = revelation;
    if (key !== undefined && typeof key !== 'string') throw invalid(who, `${at}.key is not a path`, hint);
    if (!isRecord(fields) || !Object.values(fields).every((path) => typeof path === 'string')) {
      throw invalid(who, `${at}.fields does not give a path in the output for each path in the state`, hint);
    }
    if (!isRecord(within) || !Object.values(within).every((most) => typeof most === 'number' && most >= 0)) {
      throw invalid(who, `${at}.within does not give a number from 0 for each path in the state`, hint);
    }
    const stray = Object.keys(within).find((path) => !Object.hasOwn(fields, path));
    if (stray !== undefined)
      throw invalid(who, `${at}.within names ${JSON.stringify(stray)}, and fields does not`, hint);
  });
}

/** A field that is never compared cannot tell of a state either. */
function checkVolatile({ volatile, reveals }: Fields, output: string, who: string): void {
  if (volatile === undefined) return;
  const where = `outputs.${output}.volatile`;
  const isIndex = (part: string): boolean => /^\d+$/.test(part);
  const isPath = (path: unknown): path is string =>
    typeof path === 'string' && path.split('.').every((part) => part !== '' && !isIndex(part));
  if (!Array.isArray(volatile) || !volatile.every(isPath)) {
    const hint = "volatile: ['sentAt', 'lines.id'], paths in the output, which lead through lists to each item";
    throw invalid(who, `${where} is not a list of paths`, hint);
  }
  const revealing = (reveals ?? []) as readonly StateEvidence[];
  const revealed = revealing
    .flatMap(({ key, fields }) => [...(key === undefined ? [] : [key]), ...Object.values(fields)])
    // An item of a list may be revealed, and what is volatile is so in each.
    .map((path) =>
      path
        .split('.')
        .filter((part) => !isIndex(part))
        .join('.'),
    );
  const conflicting = volatile.find((path) =>
    revealed.some((one) => one === '' || one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`)),
  );
  if (conflicting !== undefined) {
    throw invalid(
      who,
      `${where} names ${JSON.stringify(conflicting)}, and reveals takes it for something of the state`,
      'a field that is another one each time tells nothing of a state: leave it out of one of the two',
    );
  }
}

function checkUpcasters(upcasters: unknown, who: string): void {
  if (upcasters === undefined) return;
  if (!Array.isArray(upcasters) || !upcasters.every((upcaster) => typeof upcaster === 'function')) {
    throw invalid(who, 'upcasters is not a list of functions', 'upcasters: [(value, event) => newValue]');
  }
}

function checkStateVersion(given: Fields, who: string): void {
  const { stateVersion = 1, migrations } = given;
  if (typeof stateVersion !== 'number' || !Number.isSafeInteger(stateVersion) || stateVersion < 1) {
    throw invalid(who, 'stateVersion is not a whole number from 1', 'stateVersion: 1 for the first form of the state');
  }
  if (migrations === undefined) return;
  if (!isRecord(migrations))
    throw invalid(who, 'migrations is not an object', 'migrations: { 1: (state) => state of version 2 }');
  for (const [from, migration] of Object.entries(migrations)) {
    if (!/^[1-9]\d{0,8}$/.test(from) || typeof migration !== 'function') {
      throw invalid(
        who,
        `migrations[${JSON.stringify(from)}] is not a function from a version`,
        'migrations: { 1: (state) => state of version 2 }',
      );
    }
    if (Number(from) >= stateVersion) {
      throw invalid(
        who,
        `migrations[${from}] leads beyond stateVersion ${stateVersion}`,
        `set stateVersion to ${Number(from) + 1}, or drop the migration`,
      );
    }
  }
  const versions = Object.keys(migrations).map(Number);
  for (let version = Math.min(...versions); version < stateVersion; version++) {
    if (versions.length > 0 && !versions.includes(version)) {
      throw invalid(
        who,
        `migrations[${version}] is missing`,
        `states of version ${version} could not reach version ${stateVersion}`,
      );
    }
  }
}

function checkCodec(codec: unknown, who: string): void {
  if (codec === undefined) return;
  if (isRecord(codec) && typeof codec['encode'] === 'function' && typeof codec['decode'] === 'function') return;
  throw invalid(who, 'codec has no encode and decode', 'codec: { encode: (state) => json, decode: (json) => state }');
}

function checkDeduplication(deduplicate: unknown, who: string): void {
  if (deduplicate === undefined) return;
  const hint = 'deduplicate: { id: (event) => text or null, window: 10000 }';
  if (!isRecord(deduplicate) || typeof deduplicate['id'] !== 'function')
    throw invalid(who, 'deduplicate has no id function', hint);
  const window = deduplicate['window'];
  if (typeof window !== 'number' || !Number.isSafeInteger(window) || window < 1) {
    throw invalid(who, 'deduplicate.window is not a whole number above 0', 'window is a number of events');
  }
}

function checkNames(given: Fields, property: string, who: string): void {
  const names = given[property];
  if (names === undefined) return;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) return;
  throw invalid(who, `${property} is not a list of names`, `${property}: ['a', 'b']`);
}

function checkFunctionsByName(given: Fields, property: string, who: string): void {
  const functions = given[property];
  if (functions === undefined) return;
  if (!isRecord(functions))
    throw invalid(who, `${property} is not an object of functions`, `${property}: { name: (state, key) => ... }`);
  for (const name of Object.keys(functions)) checkFunction(functions, name, who, `${property}.`);
}

function checkFunction(given: Fields, property: string, who: string, prefix = ''): void {
  const value = given[property];
  if (value !== undefined && typeof value !== 'function') {
    throw invalid(who, `${prefix}${property} is not a function`, 'see the documentation of defineWorker');
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(who: string, what: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-worker', `${who} is not valid: ${what}`, { hint });
}
