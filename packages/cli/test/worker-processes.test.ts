import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformanceCheckNames } from '@eventmend/core/engine';
import { beforeEach, describe, expect, test } from 'vitest';
import { conformanceDocument } from '../src/documents/conformance-document.js';
import { testIn } from './test-in-language.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const templates = fileURLToPath(new URL('../templates/', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples/flights/', import.meta.url));
const processes = fileURLToPath(new URL('./processes/', import.meta.url));

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

/** The report of the conformance command about a process that runs in `cwd`. */
async function conformance(cwd: string, options: readonly string[], ...command: readonly string[]) {
  const { out, err, code } = await runEventmend(cwd, ['worker', 'conformance', '--json', ...options, '--', ...command]);
  expect(out, err).not.toBe('');
  const document: unknown = JSON.parse(out);
  const report = conformanceDocument.parse(document);
  expect(report).toEqual(document);
  const results = Object.fromEntries(report.checks.map(({ name, result, got }) => [name, { result, got }]));
  return { report, code, results };
}

const compiler = 'javac';

function compile(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(compiler, ['--release', '17', '-Xlint:all', '-Werror', ...args], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

const allPassed = Object.fromEntries(
  conformanceCheckNames.map((name) => [name, expect.objectContaining({ result: 'passed' })]),
);

describe('the library of a language follows the protocol, whatever its handler prints and changes', () => {
  testIn('python', 'Python', async () => {
    copyFileSync(join(templates, 'python', 'eventmend_worker.py'), join(folder, 'eventmend_worker.py'));
    copyFileSync(join(processes, 'keep.py'), join(folder, 'keep.py'));
    const { code, results } = await conformance(folder, [], 'python3', 'keep.py');
    expect(results).toEqual(allPassed);
    expect(code).toBe(0);
  });

  testIn('java', 'Java', async () => {
    compile('-d', folder, '-sourcepath', join(templates, 'java'), join(processes, 'Keep.java'));
    const { code, results } = await conformance(folder, [], 'java', '-cp', '.', 'Keep');
    expect(results).toEqual(allPassed);
    expect(code).toBe(0);
  });
});

const keepInJavaScript = `import { run } from './eventmend-worker.mjs';

run({
  name: 'keep',
  version: '1',
  key({ key, value }) {
    console.log('asked for the key', key);
    return key ?? value.key;
  },
  initial: () => ({ events: 0, third: 0, last: null }),
  evolve(state, event, context) {
    console.log('handling');
    if (typeof event.value?.count !== 'number') throw new TypeError('no count');
    state.events += 1;
    state.third += event.value.count / 3;
    state.last = event.value;
    context.emit('kept', state);
    return state;
  },
  outputs: { kept: { kind: 'event' } },
});
`;

test('so does the library for JavaScript', async () => {
  copyFileSync(join(templates, 'javascript', 'eventmend-worker.mjs'), join(folder, 'eventmend-worker.mjs'));
  writeFileSync(join(folder, 'keep.mjs'), keepInJavaScript);
  const { code, results } = await conformance(folder, [], process.execPath, 'keep.mjs');
  expect(results).toEqual(allPassed);
  expect(code).toBe(0);
});

describe('what a handler does wrong is said of its event', () => {
  // Each handler does one wrong thing, with events of `good`, then this one, then `good`.
  const faults = {
    '["NaN"]': 'not JSON compliant',
    '["set"]': 'a state holds a set',
    '["number-name"]': 'a state has the name 1',
    '["nothing"]': 'returned None',
    '["other-key"]': "does not name the key 'other'",
    '["cycle"]': 'recursion',
  };
  const handler = `
from eventmend_worker import run
def evolve(states, event, context):
    kind = event["value"][0]
    # It changes what it was given, which must not be seen when the batch is looked at again.
    n = states.get("a")["n"] + event.get("weight", 1)
    event["weight"] = 5
    states.set("a", {"n": n})
    if kind == "NaN": context.emit("x", float("nan"))
    if kind == "set": states.set("a", {"n": {1}})
    if kind == "number-name": states.set("a", {1: 1})
    if kind == "nothing": states.set("a", one_key(None))
    if kind == "other-key": states.get("other")
    if kind == "cycle":
        states.set("a", {"n": n})
        cycle = []
        cycle.append(cycle)
        context.emit("x", cycle)
def one_key(state):
    if state is None: raise TypeError("returned None")
run(name="f", version="1", keys=lambda event: ["a"], initial=lambda key: {"n": 0}, evolve=evolve)
`;

  testIn('python', 'NaN, other types, other keys, cycles: in Python', async () => {
    copyFileSync(join(templates, 'python', 'eventmend_worker.py'), join(folder, 'eventmend_worker.py'));
    writeFileSync(join(folder, 'f.py'), handler);
    for (const [value, message] of Object.entries(faults)) {
      const values = ['["good"]', '["good"]', value, '["good"]'].map((text) => `{"value":${text}}`).join(',');
      const [effects] = askPython([
        `{"type":"events","batch":4,"events":[${values}]}`,
        '{"type":"states","batch":4,"states":{"a":null},"skip":[]}',
      ]);
      expect(effects, value).toMatchObject({ done: 2, states: { a: { n: 2 } }, error: { event: 2 } });
      expect(effects?.['error']?.['message']).toContain(message);
    }
  });

  testIn('python', 'the same where states are kept: the event has no effect, those behind it are handled', async () => {
    copyFileSync(join(templates, 'python', 'eventmend_worker.py'), join(folder, 'eventmend_worker.py'));
    writeFileSync(join(folder, 'f.py'), handler);
    for (const [value, message] of Object.entries(faults)) {
      const [folded] = askPython([
        `{"type":"fold","batch":4,"value":[["good"],["good"],${value},["good"]],"collect":true}`,
        '{"type":"states","batch":4,"states":{"a":null}}',
      ]);
      expect(folded, value).toMatchObject({ type: 'folded', states: { a: { n: 3 } }, errors: [{ event: 2 }] });
      expect((folded?.['errors'] as unknown as [{ message: string }])[0].message).toContain(message);
    }
  });

  /** What `f.py` answers to the last of some lines. */
  function askPython(lines: readonly string[]) {
    const hello = '{"type":"hello","protocol":1,"protocols":[1,2]}';
    const input = [hello, ...lines, '{"type":"close"}'].join('\n') + '\n';
    const { stdout, status } = spawnSync('python3', ['f.py'], { cwd: folder, input, encoding: 'utf8' });
    expect(status).toBe(0);
    const answers = stdout.trim().split('\n');
    return answers.slice(-1).map((line) => JSON.parse(line) as Record<string, never>);
  }
});

describe('init --process', () => {
  /** Recovers and verifies what init wrote into a folder; gives the digest of the states. */
  async function recover(name: string): Promise<string> {
    const cwd = join(folder, name);
    const recovered = await runEventmend(cwd, ['recover', '--yes', '--json']);
    expect(recovered.code, recovered.err).toBe(0);
    const { run } = JSON.parse(recovered.out) as { run: { runId: string; stateDigest: string; outputsDigest: string } };
    const verified = await runEventmend(cwd, ['verify', run.runId]);
    expect(verified.code, verified.out + verified.err).toBe(0);
    return run.stateDigest;
  }

  testIn('python', 'writes a worker in Python that follows the protocol', async () => {
    const { out, code } = await runEventmend(folder, ['init', 'mine', '--process', 'python']);
    expect([code, out]).toEqual([
      0,
      'Wrote mine/eventmend_worker.py, mine/worker.py, mine/mine.incident.yaml, mine/README.md, mine/events.ndjson\nNext: eventmend assess mine/mine.incident.yaml\n',
    ]);
    const { report } = await conformance(join(folder, 'mine'), ['--events', 'events.ndjson'], 'python3', 'worker.py');
    expect(report).toMatchObject({ conforms: true, worker: { name: 'mine' }, events: { from: 'given', handled: 64 } });
    await runEventmend(folder, ['init', 'typescript']);
    expect(await recover('mine')).toBe(await recover('typescript'));
  });

  test('writes a worker in JavaScript that follows the protocol', async () => {
    const { out, code } = await runEventmend(folder, ['init', 'mine', '--process', 'javascript']);
    expect([code, out.split(', ').slice(0, 2)]).toEqual([0, ['Wrote mine/eventmend-worker.mjs', 'mine/worker.mjs']]);
    const { report } = await conformance(join(folder, 'mine'), ['--events', 'events.ndjson'], 'node', 'worker.mjs');
    expect(report).toMatchObject({ conforms: true, worker: { name: 'mine' }, events: { from: 'given', handled: 64 } });
    await runEventmend(folder, ['init', 'typescript']);
    expect(await recover('mine')).toBe(await recover('typescript'));
  });

  testIn('java', 'writes a worker in Java that follows the protocol, and says how to compile it', async () => {
    writeFileSync(
      join(folder, 'sales.ndjson'),
      '{"shop":"a","at":"2026-01-05T08:00:00Z"}\n{"shop":"b","at":"2026-01-05T08:01:00Z"}\n',
    );
    const { out, code } = await runEventmend(folder, [
      'init',
      'my shop',
      '--process',
      'java',
      '--from',
      'sales.ndjson',
    ]);
    expect(code).toBe(0);
    const next = out.split('\nNext: ')[1]?.split('\n')[0] ?? '';
    expect(next).toBe("javac -d 'my shop/classes' -sourcepath 'my shop' 'my shop/Counter.java'");
    expect(spawnSync('sh', ['-c', next], { cwd: folder }).status).toBe(0);
    const { report } = await conformance(
      join(folder, 'my shop'),
      ['--events', '../sales.ndjson'],
      'java',
      '-cp',
      'classes',
      'Counter',
    );
    expect(report).toMatchObject({ conforms: true, worker: { name: 'sales' }, events: { from: 'given', handled: 2 } });
    await runEventmend(folder, ['init', 'typescript', '--from', 'sales.ndjson']);
    expect(await recover('my shop')).toBe(await recover('typescript'));
  });

  test('refuses a language that it does not know', async () => {
    const { code, err } = await runEventmend(folder, ['init', 'mine', '--process', 'cobol']);
    expect([code, err.split(':')[0]]).toEqual([2, 'error EM1001']);
  });
});

describe('worker conformance', () => {
  test('exits 11 and says what was expected when a process breaks the protocol', async () => {
    writeFileSync(join(folder, 'w.mjs'), 'process.stdin.on("data", () => console.log("hello there"));');
    const { code, out } = await runEventmend(folder, ['worker', 'conformance', '--', process.execPath, 'w.mjs']);
    expect(code).toBe(11);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'hello: expected: it answers hello with type, protocol, name and version; got:',
    );
    expect(out.trimEnd().split('\n').at(-1)).toBe(`Next: eventmend worker conformance -- ${process.execPath} w.mjs`);
  });

  test('asks for events where the handler takes none of the made-up ones', async () => {
    copyFileSync(
      join(examples, '..', '..', 'packages', 'core', 'test', 'processes', 'keeping-worker.mjs'),
      join(folder, 'w.mjs'),
    );
    writeFileSync(join(folder, 'odd.ndjson'), '{"id":"a","count":"none"}\n');
    writeFileSync(join(folder, 'good.ndjson'), '{"id":"a","count":1}\n{"id":"b","count":2}\n');
    const odd = await conformance(folder, ['--events', 'odd.ndjson', '--key', 'id'], process.execPath, 'w.mjs');
    expect(odd.report).toMatchObject({ conforms: true, events: { from: 'given', handled: 0 } });
    expect(odd.results['split']?.result).toBe('not-checked');
    const good = await conformance(folder, ['--events', 'good.ndjson', '--key', 'id'], process.execPath, 'w.mjs');
    expect(good.results).toEqual(allPassed);
  });

  test.each([
    [['--timeout', 'soon', '--', 'cat'], 2, 'EM1001'],
    [['--events', 'no.ndjson', '--', 'cat'], 2, 'EM1003'],
    [['--events', 'empty.ndjson', '--', 'cat'], 1, 'EM2005'],
    [[], 2, 'EM1001'],
  ])('refuses %j', async (words, exit, error) => {
    writeFileSync(join(folder, 'empty.ndjson'), '');
    const { code, err } = await runEventmend(folder, ['worker', 'conformance', ...words]);
    expect([code, err.split(':')[0]]).toEqual([exit, `error ${error}`]);
  });
});
