// Reads the texts of templates/: what people and models read is kept there, not in code.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemvaultError } from '../model/errors.ts';

/** The text of `templates/<name>`, from a checkout's source as from the built plugin. */
export function readTemplate(name: string): string {
  return readFileSync(join(packageRoot(), 'templates', name), 'utf8');
}

/** A template with `{name}` places filled in; a place without a value is a fault of ours. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new MemvaultError('internal', `template asks for "${name}", which nobody gave`);
    return value;
  });
}

/** The folder that holds package.json and templates/: the plugin's root. */
export function packageRoot(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'templates')) && existsSync(join(dir, 'package.json'))) return dir;
    if (dirname(dir) === dir)
      throw new MemvaultError('corrupt', 'the plugin is incomplete: no templates/ beside package.json', {
        hint: 'Install the plugin again.',
      });
  }
}
