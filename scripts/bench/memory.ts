// What the MCP server holds in memory after a hundred searches.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchEnv, measure } from './child.ts';
import type { Section } from './section.ts';

export const memorySection: Section = {
  name: 'memory',
  title: 'MCP server, resident memory after 100 searches',
  async run(context) {
    const size = context.sizes.at(-1) ?? 0;
    const { root, queries } = context.vault(size);
    measure(context, 'rebuild', root);
    const server = spawn(context.node, [join(context.plugin, 'dist', 'mcp.js')], {
      env: { ...benchEnv(context), CLAUDE_PROJECT_DIR: root },
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
      const ask = async (message: object): Promise<void> => {
        server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
        if ('id' in message) await answers.next();
      };
      const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
      await ask({ id: 0, method: 'initialize', params: hello });
      await ask({ method: 'notifications/initialized' });
      const started = residentMb(server.pid);
      for (let at = 1; at <= 100; at++)
        await ask({
          id: at,
          method: 'tools/call',
          params: { name: 'search', arguments: { query: queries[at % queries.length] ?? '' } },
        });
      // It gives back what a search no longer needs in the pause after its reply.
      await sleep(500);
      return [
        {
          name: `${size} memories`,
          value: residentMb(server.pid),
          unit: 'MB',
          limit: { is: '<=', value: 150 },
          note: `${started.toFixed(0)} MB before the first search`,
        },
      ];
    } finally {
      server.kill();
    }
  },
};

function residentMb(pid: number | undefined): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(line?.[1]) * 1024) / 1e6;
}
