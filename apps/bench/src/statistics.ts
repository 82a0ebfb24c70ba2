/** The value below which `fraction` of all `values` lie, interpolated; 0.5 is the median. `values` must not be empty. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError("there is no quantile of nothing");
  return below + (above - below) * (position % 1);
}

/** The geometric mean, which is right for ratios. `values` must be positive. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
