// A process that claims fifty memories one after the other; started several times at once by a test.

import { claim } from '../../src/inject/session-file.ts';

const [, , file = '', name = ''] = process.argv;
const won = Array.from({ length: 50 }, (_, n) => `m${n}`).flatMap((id) => claim(file, [id], { by: `${name}-${id}` }));
process.send?.(won);
