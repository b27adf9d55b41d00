// A process that has grown gives back what it no longer uses.

import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const MODULE = pathToFileURL(fileURLToPath(new URL('../../src/system/heap-limit.ts', import.meta.url))).href;

it('gives memory back above its limit, and leaves a small process alone', () => {
  const script = `
    import { createHeapLimit } from ${JSON.stringify(MODULE)};
    const size = () => process.memoryUsage.rss();
    const roomy = createHeapLimit(Number.POSITIVE_INFINITY);
    const tight = createHeapLimit(1);
    let garbage = Array.from({ length: 1_000_000 }, (_, at) => ({ at: String(at) }));
    garbage = undefined;
    const grown = size();
    roomy.keep();
    const left = size();
    tight.keep();
    console.log(JSON.stringify({ grown, left, kept: size() }));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const { grown, left, kept } = JSON.parse(output) as Record<string, number>;
  expect(left).toBeGreaterThan((grown ?? 0) * 0.9);
  expect(kept).toBeLessThan((grown ?? 0) * 0.8);
});
