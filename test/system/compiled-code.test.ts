// Compiled code lies where only the user writes, and nowhere that a repository may have filled.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compiledCodeFolder } from '../../src/system/compiled-code.ts';

function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'memvault-compiled-'));
  const home = join(root, 'user', '.claude-mem', 'memvault');
  const project = join(root, 'project');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  mkdirSync(project);
  return {
    root,
    home,
    project,
    ask: (version = '1.0.0', of = home) => compiledCodeFolder({ home: of, foreign: [project], version }),
  };
}

describe('the folder for compiled code', () => {
  it('is made below the user’s side, for the user alone, and is the same the next time', () => {
    const { home, ask } = setUp();
    const folder = ask();
    expect(folder).toBe(join(home, 'compiled', '1.0.0'));
    expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
    writeFileSync(join(folder ?? '', 'kept'), '');
    expect(ask()).toBe(folder);
    expect(readdirSync(folder ?? '')).toEqual(['kept']);
  });

  it('takes the place of the other versions’', () => {
    const { home, ask } = setUp();
    ask('1.0.0');
    ask('1.1.0');
    expect(readdirSync(join(home, 'compiled'))).toEqual(['1.1.0']);
  });

  it('does not make the user’s side', () => {
    const { root, ask } = setUp();
    const nowhere = join(root, 'nobody', 'memvault');
    expect(ask('1.0.0', nowhere)).toBeUndefined();
    expect(existsSync(nowhere)).toBe(false);
  });

  it('is refused in the project, also behind a link, and in any repository', () => {
    const { root, project, ask } = setUp();
    const inside = join(project, 'data', 'memvault');
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    expect(ask('1.0.0', inside)).toBeUndefined();
    symlinkSync(join(project, 'data'), join(root, 'link'));
    expect(ask('1.0.0', join(root, 'link', 'memvault'))).toBeUndefined();
    const beside = join(root, 'repository', 'data', 'memvault');
    mkdirSync(beside, { recursive: true, mode: 0o700 });
    expect(ask('1.0.0', beside)).toBeDefined();
    mkdirSync(join(root, 'repository', '.git'));
    expect(ask('1.0.0', beside)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('is refused where others can write, or where a link leads elsewhere', () => {
    const open = setUp();
    chmodSync(open.home, 0o777);
    expect(open.ask()).toBeUndefined();
    const linked = setUp();
    const elsewhere = join(linked.root, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(elsewhere, join(linked.home, 'compiled'));
    expect(linked.ask()).toBeUndefined();
    const inner = setUp();
    mkdirSync(join(inner.home, 'compiled'), { mode: 0o700 });
    symlinkSync(elsewhere, join(inner.home, 'compiled', '1.0.0'));
    expect(inner.ask()).toBeUndefined();
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});
