import { Script, createContext } from 'node:vm';
import { Malformed } from './malformed.js';

const context = createContext({ run: undefined });
const script = new Script('run()');

/**
 * Does `work`, and stops it where it stands when it takes longer than so many milliseconds: then it is Malformed. For foreign
 * decoders that can be made to loop without end; costs about 0.1 ms.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  context['run'] = work;
  try {
    return script.runInContext(context, { timeout: milliseconds }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Malformed('it takes longer than any that is whole');
  } finally {
    context['run'] = undefined;
  }
}
