// Holds the house's plan: which folder may import which, no circles, one head line per file.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Floors from the ground up; a folder imports only from lower floors and from itself. */
const FLOORS: readonly (readonly string[])[] = [
  ['src/model'],
  ['src/system'],
  ['src/capture', 'src/compress', 'src/vault', 'src/index', 'src/inject'],
  ['src/app'],
  ['src/worker', 'src/mcp', 'src/viewer'],
  ['src/cli', 'hooks'],
];

/** What runs on every hook: no other module of ours may be loaded there. */
const HOOK_PATH = ['src/model', 'src/system', 'src/capture', 'hooks'];

const files = listSources(['src', 'hooks']);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('the plan of the house', () => {
  it('lets imports run down the floors only', () => {
    const wrong: string[] = [];
    for (const [file, targets] of imports) {
      for (const target of targets) {
        if (room(file) === room(target)) continue;
        const isFace = room(file) === 'src/cli' && room(target) === 'hooks';
        if (isFace || floor(target) >= floor(file)) wrong.push(`${file} -> ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no circles', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) {
        circles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...way, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('loads nothing but node built-ins and its own small rooms on the hook path', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const target of imports.get(file) ?? []) visit(target);
    };
    visit('hooks/record.ts');
    visit('hooks/capture.ts');
    visit('hooks/launch.ts');
    expect([...seen].filter((file) => !HOOK_PATH.includes(room(file)))).toEqual([]);
    const packages = [...seen].flatMap((file) => packagesOf(file)).filter((name) => !name.startsWith('node:'));
    expect(packages).toEqual([]);
    expect([...seen].flatMap((file) => packagesOf(file))).not.toContain('node:sqlite');
  });

  it('parses frontmatter in one module only', () => {
    expect(files.filter((file) => packagesOf(file).includes('gray-matter'))).toEqual(['src/vault/yaml-engine.ts']);
  });

  it('opens every file with one line that says what it is', () => {
    const silent = files.filter((file) => !/^(#!.*\n)?\/[/*]/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(silent).toEqual([]);
  });

  it('has no room for homeless functions', () => {
    expect(
      files.filter((file) =>
        /(^|\/)(utils?|helpers?|managers?|services?|common|shared|index)(\.tsx?$|\/(?!.*index\/))/.test(
          file.replace('src/index/', ''),
        ),
      ),
    ).toEqual([]);
  });
});

function listSources(folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => /\.tsx?$/.test(name))
    .sort();
}

function importsOf(file: string): string[] {
  return specifiers(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)));
}

function packagesOf(file: string): string[] {
  return specifiers(file).filter((name) => !name.startsWith('.'));
}

function specifiers(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^'";]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

function room(file: string): string {
  if (file === 'src/app.ts') return 'src/app';
  return file.startsWith('src/') ? file.split('/').slice(0, 2).join('/') : (file.split('/')[0] ?? '');
}

function floor(file: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room(file)));
}
