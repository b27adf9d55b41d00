// `memvault doctor`: looks at every part, names what is wrong and what to do about it.

import { renderDiagnostic } from '../../model/diagnostic.ts';
import { cleanText } from '../../system/clean-text.ts';
import { examine } from '../examination.ts';
import type { Finding } from '../examination.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Look at every part and say what is wrong and what to do.',
  usage: '',
  options: {},
  positionals: { min: 0, max: 0 },
  examples: ['memvault doctor', 'memvault doctor --json'],
  async run(input) {
    const { findings, diagnostics } = await examine({
      cwd: input.cwd,
      env: input.env,
      vaultFlag: textOption(input, 'vault'),
    });
    const lines = findings.map(renderFinding);
    if (diagnostics.length > 0) {
      lines.push('', `Remarks on files (${diagnostics.length}):`);
      for (const diagnostic of diagnostics)
        lines.push(
          `  ${renderDiagnostic(diagnostic)}${diagnostic.mend === undefined ? '' : `\n    ${diagnostic.mend}`}`,
        );
    }
    const faults =
      findings.filter((finding) => finding.state === 'fault').length +
      diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
    return { text: cleanText(lines.join('\n')), json: { findings, diagnostics }, exit: faults === 0 ? 0 : 1 };
  },
};

function renderFinding(finding: Finding): string {
  const mark = { good: 'ok   ', remark: 'note ', fault: 'FAULT' }[finding.state];
  return `${mark}  ${finding.part.padEnd(12)} ${finding.text}${finding.wayOut === undefined ? '' : `\n                    ${finding.wayOut}`}`;
}
