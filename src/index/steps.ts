// Long work in short steps, so that the same code runs to its end at once, or with pauses in which the process does other things.

/** Work that stops after every few milliseconds and goes on when asked. Given up with `return()`, it cleans up after itself. */
export type Steps<T> = Generator<void, T, void>;

/** How long steps run before others get their turn. */
const SLICE_MS = 12;

/** Runs the steps to the end at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Runs the steps in slices; between two of them the event loop goes round. Undefined when they were given up meanwhile. */
export async function finishInSlices<T>(steps: Steps<T>): Promise<T | undefined> {
  let since = performance.now();
  for (;;) {
    const step: IteratorResult<void, T | undefined> = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}
