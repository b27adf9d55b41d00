// When something comes that lies ahead, or how long ago it was: in words, roughly.

import { plural } from './plural.ts';

/** `in a minute`, `in 5 minutes`, `in 3 hours`; both in seconds since the epoch. */
export function untilText(at: number, nowSeconds: number): string {
  const minutes = Math.ceil((at - nowSeconds) / 60);
  if (minutes <= 1) return 'in a minute';
  return minutes < 120 ? `in ${minutes} minutes` : `in ${Math.round(minutes / 60)} hours`;
}

/** `a moment ago`, `1 minute ago`, `3 hours ago`. */
export function sinceText(at: number, nowSeconds: number): string {
  const minutes = Math.round((nowSeconds - at) / 60);
  if (minutes < 1) return 'a moment ago';
  return `${minutes < 120 ? plural(minutes, 'minute') : plural(Math.round(minutes / 60), 'hour')} ago`;
}
