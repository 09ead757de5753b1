/** How fast a figure grows, whatever it does in between. */

/** One reading: `x` is when, in any unit. */
export type Reading = readonly [x: number, y: number];

/** The slope of the line that is nearest to all `readings` (least squares), in units of y per unit of x. @throws RangeError for fewer than two */
export function slopeOf(readings: readonly Reading[]): number {
  if (readings.length < 2) throw new RangeError("A slope needs two readings.");
  const meanX = readings.reduce((sum, [x]) => sum + x, 0) / readings.length;
  const meanY = readings.reduce((sum, [, y]) => sum + y, 0) / readings.length;
  const covariance = readings.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / readings.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
