// The name of a new memory's file: drawn from day, title and id once, never changed after. Pure.

import type { Memory } from '../model/memory.ts';

const MAX_SLUG = 60;
const OWN_PATH =
  /^(?:memories|sessions)\/[0-9]{4}\/(?:0[1-9]|1[0-2])\/[0-9]{2}-[a-z0-9-]{1,60}-[0-9a-hjkmnp-tv-z]{12}\.md$/;

/** `memories/2026/11/22-<slug>-<id>.md`, or `sessions/…` for a summary; the day is UTC. Relative to the vault. */
export function memoryPath(memory: Pick<Memory, 'id' | 'kind' | 'title' | 'created'>): string {
  const [year = '0000', month = '01', day = '01'] = memory.created.slice(0, 10).split('-');
  const folder = memory.kind === 'summary' ? 'sessions' : 'memories';
  return `${folder}/${year}/${month}/${day}-${slugOf(memory.title) || memory.kind}-${memory.id}.md`;
}

/** Whether the path has the form that memvault gives; other files in the vault are named by people. */
export function isOwnPath(path: string): boolean {
  return OWN_PATH.test(path);
}

/** ASCII letters and digits of a title, in words; at most 60 characters, cut at a word. Empty when none is left. */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/['’]|\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  let slug = words[0]?.slice(0, MAX_SLUG) ?? '';
  for (const word of words.slice(1)) {
    if (slug.length + 1 + word.length > MAX_SLUG) break;
    slug = `${slug}-${word}`;
  }
  return slug;
}

/** Whether a path below the vault is where memories lie, whoever named it. */
export function isVaultMemory(path: string): boolean {
  return /^(?:memories|sessions)\/[^\0]+\.md$/.test(path) && !/(?:^|\/)\./.test(path);
}

/** The id at the end of a name that memvault gave. */
export function idOf(path: string): string | undefined {
  return /-([0-9a-hjkmnp-tv-z]{12})\.md$/.exec(path)?.[1];
}
