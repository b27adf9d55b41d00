// `memvault lint`: checks the vault's files for CI: format, secrets, dead references.

import { existsSync } from 'node:fs';
import { openVaultHere } from '../../app.ts';
import { renderDiagnostic } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { plural } from '../plural.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const lintCommand: Command = {
  name: 'lint',
  summary: 'Check the format of all memories, secrets in them, and files that they speak of and that are gone.',
  usage: '',
  options: {
    ci: {
      type: 'boolean',
      meaning:
        'For a build: marks the lines in a pull request on GitHub, ends with 1 when there is an error (not for warnings).',
    },
    base: { type: 'string', value: 'ref', meaning: 'Only files that this branch adds or changes against the ref.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault lint', 'memvault lint --ci', 'memvault lint --ci --base origin/main'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const base = textOption(input, 'base');
      if (!existsSync(vault.place.vaultDir))
        return {
          text: `There is no vault in ${vault.place.root}: nothing to check.`,
          json: { errors: 0, diagnostics: [] },
        };
      const changed = base === undefined ? undefined : await vault.git.changedPaths(base);
      const all = await vault.git.lint();
      const found = changed === undefined ? all : all.filter((one) => isOf(one, changed));
      const errors = found.filter((diagnostic) => diagnostic.severity === 'error').length;
      const onGitHub = isSet(input, 'ci') && input.env['GITHUB_ACTIONS'] === 'true';
      const lines = found.map(onGitHub ? renderAnnotation : renderLine);
      lines.push(
        found.length === 0
          ? 'The vault is in order.'
          : `${plural(errors, 'error')}, ${plural(found.length - errors, 'warning')}`,
      );
      return { text: lines.join('\n'), json: { errors, diagnostics: found }, exit: errors === 0 ? 0 : 1 };
    } finally {
      vault.close();
    }
  },
};

/** A twin may be the older of the two: the newer one is the branch's doing all the same. */
function isOf({ path, other }: Diagnostic, changed: ReadonlySet<string>): boolean {
  return changed.has(path) || (other !== undefined && changed.has(other));
}

function renderLine(diagnostic: Diagnostic): string {
  const mend = diagnostic.mend === undefined ? '' : `\n    ${cleanLine(diagnostic.mend, 300)}`;
  return `${diagnostic.severity.padEnd(7)} ${cleanLine(renderDiagnostic(diagnostic), 400)}${mend}`;
}

/** The form in which GitHub's runner reads a remark on a line: https://docs.github.com/actions, "Workflow commands". */
function renderAnnotation({ path, line, rule, severity, message }: Diagnostic): string {
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const data = (text: string): string => cleanLine(text, 400).replaceAll('%', '%25');
  return `::${severity} file=${property(`${VAULT_FOLDER}/${path}`)},line=${line ?? 1},title=${property(rule)}::${data(message)}`;
}
