// Paths that are plain are taken as they are; all others as Node reads them.

import { relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { absolutePath, relativeTo } from '../../src/system/absolute-path.ts';

const PATHS = [
  '/',
  '/home/ann/work',
  '/home/ann/work/',
  '/home/ann/work/src/a.ts',
  '/home/ann/.claude-mem',
  '/home/ann/.../a',
  '/home/ann/..a/.b',
  '/home//ann',
  '/home/./ann',
  '/home/../ann',
  '/home/ann/.',
  '/home/ann/..',
  '/home/ann/workshop',
  'work',
  './work',
  '..',
  '',
];

it.each(PATHS)('resolves as Node does: %j', (path) => {
  expect(absolutePath(path)).toBe(resolve(path));
});

it.each(PATHS)('tells the way from a folder as Node does: %j', (root) => {
  expect(PATHS.map((path) => relativeTo(root, path))).toEqual(PATHS.map((path) => relative(root, path)));
});
