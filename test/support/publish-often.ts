// A process that writes memories and publishes each: `publish-often.ts <place as JSON> <home> <name> <count>`.

import { setTimeout as sleep } from 'node:timers/promises';
import type { VaultPlace } from '../../src/model/place.ts';
import { publish } from '../../src/vault/git/publish.ts';
import { optionsFor, putMemory } from './publishing.ts';

const [placeText = '{}', home = '', name = '', count = '1'] = process.argv.slice(2);
const place: VaultPlace = JSON.parse(placeText);

for (let i = 0; i < Number(count); i++) {
  putMemory(place, `memory ${name} ${i}`);
  const options = optionsFor({ env: { PATH: process.env['PATH'] ?? '' }, home }, { now: true, random: Math.random });
  await publish(place, options);
  await sleep(Math.random() * 100);
}
