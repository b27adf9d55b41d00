// `memvault doctor`: looks at every part, names what is wrong and what to do about it, and does what is safe when asked.

import { renderDiagnostic } from '../../model/diagnostic.ts';
import { toMemvaultError } from '../../model/errors.ts';
import { cleanText } from '../../system/clean-text.ts';
import { examine } from '../examination.ts';
import type { Examination } from '../examination.ts';
import type { Finding } from '../finding.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

interface Done {
  readonly part: string;
  readonly done?: string;
  readonly failed?: string;
}

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Look at every part and say what is wrong and what to do.',
  usage: '[--fix]',
  options: {
    fix: {
      type: 'boolean',
      meaning: 'Mend what can be mended without taking anything of yours away, say what was done, and look again.',
    },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault doctor', 'memvault doctor --fix', 'memvault doctor --json'],
  async run(input) {
    const where = { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
    const fixed = input.options['fix'] === true ? await examine(where, ({ findings }) => fixAll(findings)) : [];
    return examine(where, ({ findings, diagnostics }) => {
      const lines = [...fixed.map(renderDone), ...findings.map(renderFinding), ...renderDiagnostics(diagnostics)];
      const faults =
        findings.filter((finding) => finding.state === 'fault').length +
        diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
      return {
        text: cleanText(lines.join('\n')),
        json: {
          ...(input.options['fix'] === true ? { fixed } : {}),
          findings: findings.map(({ fix, ...finding }) => ({
            ...finding,
            ...(fix === undefined ? {} : { fix: fix.does }),
          })),
          diagnostics,
        },
        exit: faults === 0 ? 0 : 1,
      };
    });
  },
};

/** One after the other; what cannot be mended does not keep the others from it. */
async function fixAll(findings: readonly Finding[]): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const { part, fix } of findings) {
    if (fix === undefined) continue;
    try {
      done.push({ part, done: await fix.run() });
    } catch (error) {
      done.push({ part, failed: toMemvaultError(error).message });
    }
  }
  return done;
}

const INDENT = ' '.repeat(21);

function renderDone({ part, done, failed }: Done): string {
  return failed === undefined
    ? `fixed  ${part.padEnd(13)} ${done ?? ''}`
    : `NOT    ${part.padEnd(13)} could not be mended: ${failed}`;
}

function renderFinding({ part, state, text, wayOut, fix }: Finding): string {
  const mark = { good: 'ok   ', remark: 'note ', fault: 'FAULT' }[state];
  const more = [wayOut, fix === undefined ? undefined : `\`memvault doctor --fix\` ${fix.does}.`];
  return [
    `${mark}  ${part.padEnd(13)} ${text}`,
    ...more.flatMap((line) => (line === undefined ? [] : [INDENT + line])),
  ].join('\n');
}

function renderDiagnostics(diagnostics: Examination['diagnostics']): readonly string[] {
  if (diagnostics.length === 0) return [];
  return [
    '',
    `Remarks on files (${diagnostics.length}):`,
    ...diagnostics.map(
      (diagnostic) =>
        `  ${renderDiagnostic(diagnostic)}${diagnostic.mend === undefined ? '' : `\n    ${diagnostic.mend}`}`,
    ),
  ];
}
