// The phrases that rules write memories with; their texts stand in templates/extractive.json.

import { fillTemplate, readTemplate } from '../../system/templates.ts';

export type Phrases = (name: string, values?: Readonly<Record<string, string>>) => string;

/** Reads the phrases once. */
export function loadPhrases(): Phrases {
  const table: Readonly<Record<string, string>> = JSON.parse(readTemplate('extractive.json'));
  return (name, values = {}) => fillTemplate(table[name] ?? `{${name}}`, values);
}

/** `a, b and 3 more`: so many names that a line stays readable. */
export function listNames(names: readonly string[], most: number, say: Phrases): string {
  const shown = names.slice(0, most).join(', ');
  const rest = names.length - most;
  return rest > 0 ? say('andMore', { files: shown, count: String(rest) }) : shown;
}
