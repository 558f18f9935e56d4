import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from '../workspace/paths.mjs';
import { StepFailure } from '../workspace/step.mjs';

/**
 * What only looks like an instance of a class is not used as one. The native compiler's linter has this rule; oxlint 1.94, which starts
 * it, does not know the name yet. Until it does, the linter is started here as oxlint starts it. Comments do not switch it off.
 */
export const classInstances = 'no-unsafe-class-instance-assignment';

const platform = `${process.platform}-${process.arch}`;

/** The program that reads types: a package for each platform, which npm installs where it fits. */
export function nativeLinter(name = platform) {
  try {
    const suffix = name.startsWith('win32') ? '.exe' : '';
    return createRequire(import.meta.url).resolve(`@oxlint-tsgolint/${name}/tsgolint${suffix}`);
  } catch {
    throw new StepFailure(
      `there is no linter with types for ${name} in node_modules. It exists for Linux, macOS and Windows on x64 and arm64; ` +
        'where yours is one of them, npm left optional packages out: npm ci --include=optional',
    );
  }
}

/** Asks the linter, over its standard input and output, about these files. */
function ask(files, cwd) {
  const question = {
    version: 2,
    configs: [{ file_paths: files, rules: [{ name: classInstances }] }],
    report_syntactic: false,
    report_semantic: false,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(nativeLinter(), ['headless'], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const answers = [];
    const complaints = [];
    child.stdout.on('data', (bytes) => answers.push(bytes));
    child.stderr.on('data', (bytes) => complaints.push(bytes));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(answers));
      else reject(new StepFailure(`the linter with types ended with ${code}`, Buffer.concat(complaints).toString()));
    });
    // Where it ends before it has read all, its exit code says more than a broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(question));
  });
}

const [errorMessage, diagnosticMessage] = [0, 1];

/** An answer is a row of messages: the length of a text, the kind of the message, and the text, which is JSON. */
function* messagesIn(answer) {
  for (let at = 0; at < answer.length;) {
    const length = answer.readUInt32LE(at);
    yield { kind: answer[at + 4], content: JSON.parse(answer.toString('utf8', at + 5, at + 5 + length)) };
    at += 5 + length;
  }
}

/** The rule's objections to these files, a line of text for each. */
export async function objectionsToInstances(files, cwd = root) {
  const lines = [];
  for (const { kind, content } of messagesIn(await ask(files, cwd))) {
    if (kind === errorMessage) throw new StepFailure('the linter with types could not answer', content.error);
    if (kind !== diagnosticMessage || content.rule !== classInstances) continue;
    const before = readFileSync(content.file_path).subarray(0, content.range.pos).toString().split('\n');
    const place = `${relative(cwd, content.file_path)}:${before.length}:${before.at(-1).length + 1}`;
    lines.push(`${place}: ${content.message.description} (${classInstances})`);
  }
  return lines.sort();
}
