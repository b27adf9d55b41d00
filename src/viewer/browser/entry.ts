// Entry of the page's script; the build makes one file of it, which every page loads.

import { startPage } from './start-page.ts';

startPage(window);
