// Absolute paths in a question: memories name files relative to the project.

import { isAbsolute, relative, sep } from 'node:path';
import type { SearchFilters } from '../model/search.ts';

/** The filters, their absolute paths below `root` relative to it; other paths stay as they are. */
export function filesBelow<Filters extends SearchFilters>(root: string, filters: Filters): Filters {
  const { files } = filters;
  return files?.some((file) => isAbsolute(file.trim())) === true
    ? { ...filters, files: files.map((file) => below(root, file.trim())) }
    : filters;
}

function below(root: string, file: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(root, file);
  const isOutside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return isOutside ? file : path.replaceAll(sep, '/') || '.';
}
