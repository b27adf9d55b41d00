// Waits for something to become so, by looking; the test's own time limit ends the wait, and then says what there was in its place.

import { setTimeout as sleep } from 'node:timers/promises';
import { TestRunner, onTestFailed, onTestFinished } from 'vitest';

export interface UntilOptions {
  /** More where a look is dear; 0 for as often as the event loop goes round. */
  readonly everyMs?: number;
  /** What is printed when it never became so. */
  readonly otherwise?: () => string;
}

export async function until(isSo: () => boolean, { everyMs = 5, otherwise }: UntilOptions = {}): Promise<void> {
  let isReached = false;
  let isOver = false;
  // What is done before all tests is in none.
  if (TestRunner.getCurrentTest() !== undefined) {
    onTestFinished(() => void (isOver = true));
    if (otherwise !== undefined) onTestFailed(() => void (isReached || console.error(otherwise())));
  }
  while (!isOver && !(isReached = isSo())) await sleep(everyMs);
  if (!isReached) throw new Error('the test ended before it became so');
}
