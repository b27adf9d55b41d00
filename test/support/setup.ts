// Keeps every test away from the person's own home, settings, Git configuration and keys.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const home = mkdtempSync(join(tmpdir(), 'memvault-home-'));
for (const name of Object.keys(process.env)) {
  if (/^(CLAUDE|ANTHROPIC|GIT_)/.test(name)) delete process.env[name];
}
process.env['HOME'] = home;
process.env['GIT_CONFIG_NOSYSTEM'] = '1';
process.env['CLAUDE_MEM_NO_WORKER'] = '1';
