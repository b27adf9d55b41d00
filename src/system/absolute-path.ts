// `resolve` and `relative` without their price: Node walks a path character by character, and what hooks are given is nearly always absolute and plain.

import { relative, resolve, sep } from 'node:path';

/** As `resolve(path)`. */
export function absolutePath(path: string): string {
  return isPlain(path) ? path : resolve(path);
}

/** As `relative(root, path)`. */
export function relativeTo(root: string, path: string): string {
  if (!isPlain(root) || !isPlain(path) || !path.startsWith(root + sep)) return relative(root, path);
  return path.slice(root.length + 1);
}

function isPlain(path: string): boolean {
  return (
    sep === '/' &&
    path.startsWith('/') &&
    !path.includes('//') &&
    !path.includes('/./') &&
    !path.includes('/../') &&
    !path.endsWith('/') &&
    !path.endsWith('/.') &&
    !path.endsWith('/..')
  );
}
