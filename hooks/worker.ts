// Entry of the worker's process: the worker with its live page.

import { startViewer } from '../src/viewer/server.ts';
import { runWorker } from '../src/worker/main.ts';

await runWorker(startViewer, process.env);
