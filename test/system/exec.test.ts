// The runner of commands: bytes in and out, exit codes, and process groups that do not outlive their time.

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/system/exec.ts';

const node = process.execPath;

function run(script: string, options: Parameters<typeof runProgram>[2] = {}) {
  return runProgram(node, ['-e', script], options);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runProgram', () => {
  it('gives exit code, bytes and complaints', async () => {
    const done = await run(
      'process.stdout.write(Buffer.from([0, 255, 10])); process.stderr.write("oh"); process.exit(3)',
    );
    expect(done).toMatchObject({ code: 3, stderr: 'oh', timedOut: false, truncated: false });
    expect([...done.stdout]).toEqual([0, 255, 10]);
  });

  it('passes arguments as they are: there is no shell', async () => {
    const argument = '$(touch x); `id` "\'\n*';
    const done = await runProgram(node, ['-e', 'process.stdout.write(process.argv[1])', argument]);
    expect(done.stdout.toString()).toBe(argument);
  });

  it('writes stdin and closes it', async () => {
    const bytes = Buffer.alloc(300_000, 7);
    const done = await run('process.stdin.pipe(process.stdout)', { stdin: bytes });
    expect(done.stdout.equals(bytes)).toBe(true);
    expect((await run('process.stdin.on("end", () => process.exit(5)).resume()')).code).toBe(5);
  });

  it('bears a command that ends without reading its input', async () => {
    expect((await run('process.exit(0)', { stdin: Buffer.alloc(5_000_000) })).code).toBe(0);
  });

  it('gives the command exactly the environment it was told', async () => {
    const done = await run('process.stdout.write(Object.keys(process.env).join())', {
      env: { ONLY: '1', NOT: undefined },
    });
    expect(done.stdout.toString()).toBe('ONLY');
  });

  it('ends the whole process group on time-out, also a grandchild that ignores the polite signal', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'memvault-exec-')), 'pid');
    const grandchild = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid))`;
    const script = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
    // Once more where a busy machine had not started it by then.
    for (let timeoutMs = 3_000; !existsSync(file); timeoutMs *= 4)
      expect(await run(script, { timeoutMs })).toMatchObject({ timedOut: true, code: -1 });
    const pid = Number(readFileSync(file, 'utf8'));
    await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false);
  });

  it('does not wait for a grandchild that keeps the pipes open', async () => {
    const script =
      'require("child_process").spawn("sleep", ["20"], { stdio: "inherit", detached: true }).unref(); console.log("done")';
    const started = performance.now();
    const done = await run(script);
    expect(done.code).toBe(0);
    expect(done.stdout.toString()).toBe('done\n');
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('ends a command that writes without end', async () => {
    const done = await run('for (;;) require("fs").writeSync(1, "x".repeat(65536))', { maxBytes: 100_000 });
    expect(done.truncated).toBe(true);
    expect(done.stdout.length).toBe(100_000);
  });

  it('says which command or folder is not there', async () => {
    await expect(runProgram('memvault-no-such-command', [])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(runProgram(node, [], { cwd: '/memvault/no/such/folder' })).rejects.toThrow('the folder is not there');
  });
});
