// Waits for something to become so, by looking; the test's own time limit ends the wait.

import { setTimeout as sleep } from 'node:timers/promises';

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}
