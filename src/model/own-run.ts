// The signs of memvault's own headless compression runs, set by the compressor and looked for by the capture hook.

/** What every prompt of such a run begins with. */
export const COMPRESSION_MARKER = 'memvault-compress:';
/** Set to `1` in the environment of such a run. */
export const COMPRESSION_VARIABLE = 'CLAUDE_MEM_COMPRESSING';
