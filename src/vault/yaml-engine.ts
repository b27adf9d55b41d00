// Reads YAML that is not of the plain kind that memvault writes. The only module that knows gray-matter; loaded when a file needs it.

import matter from 'gray-matter';
import { parseYaml } from './safe-yaml.ts';
import type { YamlResult } from './safe-yaml.ts';

export { parseYaml };

/**
 * gray-matter sees the frontmatter alone, never the body, behind a delimiter that we wrote; every engine but ours is refused.
 * With an options object it does not cache (its cache hides broken files and grows without end).
 */
export function parseFrontmatterYaml(raw: string): YamlResult {
  // gray-matter ends the block at the first line that begins with `---`, whatever follows.
  const cut = raw.split('\n').findIndex((line) => line.startsWith('---'));
  if (cut !== -1) return { ok: false, message: 'a line begins with `---` inside the frontmatter', line: cut + 1 };
  const result: { yaml: YamlResult } = { yaml: { ok: true, value: null } };
  const deny = (): object => ({});
  const yaml = (text: string): object => {
    result.yaml = parseYaml(text.replace(/^\r?\n/, ''));
    return {};
  };
  matter(`---\n${raw}---\n`, {
    language: 'yaml',
    delimiters: ['---', '---'],
    engines: { yaml, javascript: deny, js: deny, json: deny, coffee: deny, coffeescript: deny, cson: deny },
  });
  return result.yaml;
}
