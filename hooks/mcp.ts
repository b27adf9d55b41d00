// The MCP server's process: answers at once, opens the project's vault at the first call that needs it.

import { openVaultHere } from '../src/app.ts';
import { runMcp } from '../src/mcp/main.ts';

const projectDir = process.env['CLAUDE_PROJECT_DIR'];

await runMcp(() => {
  const vault = openVaultHere({
    cwd: process.cwd(),
    env: process.env,
    ...(projectDir === undefined ? {} : { projectDir }),
  });
  return { library: vault.modelLibrary, writer: vault.writer, refreshTrust: () => vault.trust.refresh() };
});
