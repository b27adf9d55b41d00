// How much of a batch a model is given.

/** Tokens of one batch's events; a batch of 128 KB of events fits by meaning, forty tool uses cost two calls at most. */
export const INPUT_BUDGET_TOKENS = 22_000;
