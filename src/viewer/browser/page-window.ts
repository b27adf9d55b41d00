// What of a browser's window the page uses; a test brings its own.

export type PageWindow = Pick<
  Window & typeof globalThis,
  | 'document'
  | 'location'
  | 'history'
  | 'fetch'
  | 'EventSource'
  | 'DOMParser'
  | 'addEventListener'
  | 'setTimeout'
  | 'open'
>;
