// A secret that the second look found: where it is cut, and as what.

export interface FoundSecret {
  readonly text: string;
  /** Stands in the marker. */
  readonly kind: string;
}
