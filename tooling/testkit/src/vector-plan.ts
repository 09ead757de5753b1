/** Which entries of a section are replayed as recorded, which with another outcome on purpose, and which later. */

/** An outcome that is not the recorded one, on purpose. */
export interface Difference<Outcome> {
  /** Why, with the place that says so. */
  readonly reason: string;
  /** What is asserted in place of the recorded outcome. */
  readonly outcome: Outcome;
}

/** What becomes of the entries of a section, by id. An entry that is nowhere named is replayed as recorded. */
export interface VectorPlan<Outcome> {
  /** What a later stage covers, with its topic. */
  readonly later: Readonly<Record<string, string>>;
  readonly different: Readonly<Record<string, Difference<Outcome>>>;
}

/** An entry to replay: as recorded when `different` is undefined. */
export interface PlannedVector<Vector, Outcome> {
  readonly vector: Vector;
  readonly different: Difference<Outcome> | undefined;
}

/**
 * The entries to replay.
 * @throws Error if the plan names an entry twice, or one that is not there: it would hide that another is forgotten
 */
export function planReplay<Vector, Outcome>(
  vectors: readonly Vector[],
  idOf: (vector: Vector) => string,
  { later, different }: VectorPlan<Outcome>,
): PlannedVector<Vector, Outcome>[] {
  const ids = new Set(vectors.map(idOf));
  if (ids.size !== vectors.length) throw new Error("two entries have one id");
  for (const id of [...Object.keys(later), ...Object.keys(different)]) {
    if (!ids.has(id)) throw new Error(`the plan names ${id}, which no entry has`);
  }
  for (const id of Object.keys(later)) if (id in different) throw new Error(`the plan names ${id} twice`);
  return vectors
    .filter((vector) => !(idOf(vector) in later))
    .map((vector) => ({ vector, different: different[idOf(vector)] }));
}
