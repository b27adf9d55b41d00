// The files of a batch: paths relative to the repository that occur in its events.

import { isAbsolute, posix } from 'node:path';
import type { ToolDetail } from '../model/hook-event.ts';
import type { Batch } from '../model/turn.ts';

/** The path relative to the batch's work tree, with slashes; undefined for what lies outside of it. */
export function repositoryPath(path: string, batch: Pick<Batch, 'project' | 'worktree'>): string | undefined {
  const clean = path.replaceAll('\\', '/');
  if (!isAbsolute(path) && !/^[A-Za-z]:\//.test(clean)) {
    const normal = posix.normalize(clean);
    return normal === '.' || normal === '..' || normal.startsWith('../') || normal.startsWith('~') ? undefined : normal;
  }
  for (const root of [batch.worktree, batch.project]) {
    const base = root?.replaceAll('\\', '/').replace(/\/$/, '');
    if (base !== undefined && clean.startsWith(`${base}/`)) return posix.normalize(clean.slice(base.length + 1));
  }
  return undefined;
}

/** Every repository file that a tool use of the batch read, wrote, searched or failed on. */
export function batchFiles(batch: Batch): ReadonlySet<string> {
  const files = new Set<string>();
  for (const turn of batch.turns) {
    for (const event of turn.toolUses) {
      for (const path of pathsOf(event.detail)) {
        const relative = repositoryPath(path, batch);
        if (relative !== undefined) files.add(relative);
      }
    }
  }
  return files;
}

/** The path that a tool use is about, if it is about one. */
function pathsOf(detail: ToolDetail): readonly string[] {
  switch (detail.kind) {
    case 'edit':
    case 'write':
    case 'read':
      return [detail.path];
    case 'search':
      return detail.matches.map((match) => match.replace(/:\d+:.*$/s, ''));
    case 'failure':
      return detail.path === undefined ? [] : [detail.path];
    default:
      return [];
  }
}
