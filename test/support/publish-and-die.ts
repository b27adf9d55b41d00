// A process that publishes and kills itself, hard, after one step: `publish-and-die.ts <place as JSON> <home> <step>`.

import type { VaultPlace } from '../../src/model/place.ts';
import { silentLog } from '../../src/system/log.ts';
import { publish } from '../../src/vault/git/publish.ts';

const [placeText = '{}', home = '', fatalStep = ''] = process.argv.slice(2);
const place: VaultPlace = JSON.parse(placeText);

await publish(place, {
  now: false,
  atSessionEnd: true,
  mode: 'branch',
  defaultBranch: 'auto',
  protectedBranches: [],
  message: 'chore(memory): record {count}',
  clock: { now: () => Date.now() },
  logger: silentLog,
  env: { PATH: process.env['PATH'], HOME: home },
  onStep(step) {
    if (step === fatalStep) process.kill(process.pid, 'SIGKILL');
  },
});
