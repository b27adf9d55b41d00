// The phrases that rules write memories with; their texts stand in templates/extractive.json and its translations.

import type { PhraseLanguage } from '../language.ts';
import { fillTemplate, readTemplate } from '../../system/templates.ts';

export type Phrases = (name: string, values?: Readonly<Record<string, string>>) => string;

/** Reads the phrases of a language. */
export function loadPhrases(language: PhraseLanguage): Phrases {
  const name = language === 'en' ? 'extractive.json' : `extractive.${language}.json`;
  const table: Readonly<Record<string, string>> = JSON.parse(readTemplate(name));
  return (phrase, values = {}) => fillTemplate(table[phrase] ?? `{${phrase}}`, values);
}

/** What every text of a phrase begins with: by this a line is known as one of its kind. */
export function openingOf(name: string, say: Phrases): string {
  return say(name, { text: '\0', files: '\0', name: '\0', title: '\0', error: '\0' }).split('\0')[0] ?? '';
}

/** `a, b and 3 more`: so many names that a line stays readable. */
export function listNames(names: readonly string[], most: number, say: Phrases): string {
  const shown = names.slice(0, most).join(', ');
  const rest = names.length - most;
  return rest > 0 ? say('andMore', { files: shown, count: String(rest) }) : shown;
}
