// The search for a Node that is new enough, with executables that say what they are.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingNodeLine } from '../../src/system/node-runtime.ts';
import { isCapable } from '../../src/system/capable-node.ts';
import { findNode } from '../../src/system/node-search.ts';
import type { NodeSources } from '../../src/system/node-search.ts';

function makeSources(): NodeSources {
  const root = mkdtempSync(join(tmpdir(), 'memvault-node-'));
  return {
    running: { path: '/nowhere/node', version: '20.20.2' },
    env: { PATH: join(root, 'bin') },
    setting: '',
    pluginRoot: join(root, 'plugin'),
    runtimeDir: join(root, 'runtime'),
    nodeFile: join(root, 'node.json'),
    now: 1_795_338_000_000,
  };
}

/** An executable that prints a version, and writes down that it was asked. */
function makeNode(file: string, version: string): () => number {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho x >> '${file}.asked'\necho ${version}\n`);
  chmodSync(file, 0o755);
  return () => {
    try {
      return readFileSync(`${file}.asked`, 'utf8').length / 2;
    } catch {
      return 0;
    }
  };
}

const write = (file: string, content: string): void => writeFileSync(file, content);

describe('findNode', () => {
  it('takes the first that is new enough: the setting, PATH, the plugin, the runtime folder', () => {
    const sources = makeSources();
    const places = [
      join(sources.runtimeDir, 'bin', 'node'),
      join(sources.runtimeDir, 'node_modules', '.bin', 'node'),
      join(sources.pluginRoot, 'node_modules', '.bin', 'node'),
      join(String(sources.env['PATH']), 'node'),
      join(dirname(sources.nodeFile), 'mine'),
    ];
    expect(findNode(sources, write)).toEqual({ older: [sources.running] });
    for (const [at, place] of places.entries()) {
      makeNode(place, `24.${at}.0`);
      const setting = place.endsWith('mine') ? place : '';
      expect(findNode({ ...sources, setting }, write).node).toEqual({ path: place, version: `24.${at}.0` });
    }
    expect(findNode({ ...sources, env: { ...sources.env, CLAUDE_MEM_NODE: places[0] } }, write).node?.path).toBe(
      places[0],
    );
  });

  it('asks each Node once, and an old one again after a while', () => {
    const sources = makeSources();
    const old = makeNode(join(String(sources.env['PATH']), 'node'), '18.20.0');
    const found = makeNode(join(sources.runtimeDir, 'bin', 'node'), '24.1.0');
    for (let i = 0; i < 3; i++) expect(findNode(sources, write).node?.version).toBe('24.1.0');
    expect([old(), found()]).toEqual([1, 1]);
    findNode({ ...sources, now: sources.now + 3_600_000 }, write);
    expect([old(), found()]).toEqual([2, 1]);
  });

  it('survives a broken cache and executables that are no Node', () => {
    const sources = makeSources();
    writeFileSync(sources.nodeFile, '{"versions":{"/x":7},');
    makeNode(join(String(sources.env['PATH']), 'node'), 'not a version');
    mkdirSync(join(sources.runtimeDir, 'bin', 'node'), { recursive: true });
    expect(findNode(sources, write)).toEqual({ older: [sources.running] });
  });

  it('tells what was found, what is needed and what to type', () => {
    const line = missingNodeLine(
      {
        older: [
          { path: '/a', version: '9.11.2' },
          { path: '/b', version: '20.20.2' },
        ],
      },
      '/home/dev/.claude-mem/memvault/runtime',
    );
    expect(line).toMatchInlineSnapshot(
      `"memvault: only Node.js 20.20.2 was found, 22.22 or newer is needed to write and recall memories. Type: npm install --prefix "/home/dev/.claude-mem/memvault/runtime" node@24 (or set CLAUDE_MEM_NODE to a newer node). Capture goes on meanwhile."`,
    );
  });
});

describe('isCapable', () => {
  it('compares numbers, not texts', () => {
    expect(['22.22.0', '22.100.1', '24.0.0', 'v100.0.0'].map(isCapable)).toEqual([true, true, true, true]);
    expect(['22.9.0', '20.20.2', '18.0.0', '9.9.9', ''].map(isCapable)).toEqual([false, false, false, false, false]);
  });
});
