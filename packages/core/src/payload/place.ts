/**
 * Where a value stands in an answer: its JSON pointer, which is put together only when an error needs it. An answer has
 * thousands of places, and hardly ever an error.
 */
export type Place = string | { readonly parent: Place; readonly key: string | number };

/** The place of the member or element `key` of what stands at `parent`. */
export function at(parent: Place, key: string | number): Place {
  return { parent, key };
}

/** The JSON pointer of `place`. */
export function pointerOf(place: Place): string {
  return typeof place === "string" ? place : `${pointerOf(place.parent)}/${place.key}`;
}
