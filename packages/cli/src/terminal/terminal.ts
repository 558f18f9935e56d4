import { fitLocale, type TerminalStyle } from './terminal-style.js';
import { onlyOwnEscapes } from './safe-text.js';

/** Where commands write: results to `out`, everything else to `err`. */
export interface Terminal {
  readonly outStyle: TerminalStyle;
  readonly errStyle: TerminalStyle;
  /** Somebody can be asked: stdin and stderr are a terminal. */
  readonly interactive: boolean;
  /** Progress may be drawn over itself. */
  readonly errIsTerminal: boolean;
  out(lines: readonly string[]): void;
  /** Writes text as it is (JSON, scripts). */
  outRaw(text: string): void;
  err(lines: readonly string[]): void;
  /** Replaces the progress line; '' clears it. */
  status(line: string): void;
}

/** What is used of a stream; `isTTY` is absent on pipes and files, whatever Node's types say. */
interface OutStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface Streams {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** The terminal of a process. */
export function openTerminal({ stdin, stdout, stderr, env, platform }: Streams): Terminal {
  const unicode = isUtf8(env, platform);
  const outStyle = styleOf(stdout, env, unicode);
  const errStyle = styleOf(stderr, env, unicode);
  const errIsTerminal = stderr.isTTY === true && env['TERM'] !== 'dumb';
  let status = '';
  const write = (stream: OutStream, style: TerminalStyle, lines: readonly string[]) => {
    if (status !== '') stderr.write('\r\u001b[2K');
    if (lines.length > 0)
      stream.write(lines.map((line) => onlyOwnEscapes(fitLocale(style, line), style.color) + '\n').join(''));
    if (status !== '') stderr.write(status);
  };
  return {
    outStyle,
    errStyle,
    interactive: stdin.isTTY === true && errIsTerminal,
    errIsTerminal,
    out: (lines) => write(stdout, outStyle, lines),
    outRaw: (text) => void stdout.write(text),
    err: (lines) => write(stderr, errStyle, lines),
    status(line) {
      if (!errIsTerminal) return;
      if (status !== '' || line !== '') stderr.write('\r\u001b[2K');
      status = onlyOwnEscapes(fitLocale(errStyle, line), errStyle.color);
      stderr.write(status);
    },
  };
}

function styleOf(stream: OutStream, env: Streams['env'], unicode: boolean): TerminalStyle {
  const terminal = stream.isTTY === true;
  const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    // Wider than 120 columns, tables are harder to read, not easier.
    columns: terminal ? Math.min(120, Math.max(40, stream.columns || 80)) : 80,
    unicode,
    color: !refused && (terminal || wanted),
  };
}

/** Unset means the C locale in POSIX, but hardly any machine is without UTF-8 today: only a stated other charset counts. */
function isUtf8(env: Streams['env'], platform: string): boolean {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] !== undefined;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === '' || /utf-?8/i.test(locale);
}
