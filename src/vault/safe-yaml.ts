// Reads YAML that strangers wrote: JSON's types only, no aliases, no deep nesting, no large input, no code.

import { JSON_SCHEMA, YAMLException, load } from 'js-yaml';
import { cleanLine } from '../system/clean-text.ts';
import { MAX_YAML_BYTES, isOverYamlLimit } from './yaml-limit.ts';

const MAX_DEPTH = 10;

export type YamlResult =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      /** What is wrong, on one line. */
      readonly message: string;
      /** 1-based within the text, where known. */
      readonly line?: number;
    };

/** The value of one YAML document; an empty one gives null. Never throws, whatever the text. */
export function parseYaml(text: string): YamlResult {
  if (isOverYamlLimit(text))
    return { ok: false, message: `larger than ${MAX_YAML_BYTES / 1024} KiB: expected a few short keys` };
  if (/^\s*$/.test(text.replace(/^[ \t]*#.*$/gm, ''))) return { ok: true, value: null };
  try {
    return { ok: true, value: load(text, { schema: JSON_SCHEMA, maxAliases: 0, maxDepth: MAX_DEPTH }) };
  } catch (error) {
    // js-yaml may throw more than its own class (a RangeError, for one): every kind is a fault of the text.
    const reason = error instanceof YAMLException ? error.reason : String(error);
    const line = error instanceof YAMLException ? error.mark?.line : undefined;
    const message = `not readable YAML: ${cleanLine(reason, 160)}`;
    return line === undefined ? { ok: false, message } : { ok: false, message, line: line + 1 };
  }
}
