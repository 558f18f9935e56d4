import { RecoveryError } from '@eventmend/core';
import type { CommanderError } from 'commander';

/** What is wrong with a command line, in the form of every other error. */
export function usageError(error: CommanderError, command: string): RecoveryError {
  if (error.code === 'commander.help') {
    return new RecoveryError('invalid-argument', `eventmend ${command} needs to be told what to do`, {
      hint: `see eventmend ${command} --help`,
    });
  }
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const known = error.code !== 'commander.unknownCommand' && /^[a-z]/.test(command);
  const help = `see eventmend ${known ? `${command} ` : ''}--help`;
  const asked = suggestion?.replace(/^\(|\)$/g, '');
  return new RecoveryError('invalid-argument', message, {
    hint: asked === undefined ? help : `${asked} Otherwise ${help}`,
  });
}
