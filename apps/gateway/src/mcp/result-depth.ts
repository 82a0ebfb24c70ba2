/**
 * How deeply a result may nest that no guard has judged: as deeply as one that has been (256). Beyond some thousands of levels nothing
 * can be written as JSON, and the SDK then answers nothing.
 */
export const MAX_RESULT_DEPTH = 256;

/** Whether a value nests more than so many arrays and objects into each other. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}
