// `memvault open`: opens the live page in the browser, with a one-time code.

import { spawn } from 'node:child_process';
import { MemvaultError } from '../../model/errors.ts';
import { requestLogin } from '../../viewer/login-client.ts';
import { isSet } from '../command.ts';
import type { Command } from '../command.ts';
import { ensureRunning } from './worker.ts';

export const openCommand: Command = {
  name: 'open',
  summary: 'Open the live page in the browser.',
  usage: '',
  options: { print: { type: 'boolean', meaning: 'Only print the address (its code works once, for one minute).' } },
  positionals: { min: 0, max: 0 },
  examples: ['memvault open', 'memvault open --print'],
  async run(input) {
    const worker = await ensureRunning(input);
    if (worker.port === 0)
      throw new MemvaultError('unavailable', 'the worker serves no page', {
        hint: 'Run `memvault config set viewer true`, then `memvault worker stop` and `memvault open`.',
      });
    const url = await requestLogin(worker);
    if (!isSet(input, 'print')) openBrowser(url);
    return { text: isSet(input, 'print') ? url : `Opening ${url}`, json: { url } };
  },
};

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command ?? 'xdg-open', args, { detached: true, stdio: 'ignore' });
  // Without a browser opener the printed address is all there is.
  child.on('error', () => undefined);
  child.unref();
}
