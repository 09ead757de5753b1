/** A step of a model-based test, which is possible at any time. */

/**
 * A command of fast-check: does something to the model and to the real thing, and compares them.
 * @typeParam Result a promise, where the comparison has to wait
 */
export class ModelStep<Model, Real, Result extends void | Promise<void> = void> {
  readonly #name: string;
  readonly #act: (model: Model, real: Real) => void;
  readonly #compare: (model: Model, real: Real) => Result;

  constructor(
    name: string,
    act: (model: Model, real: Real) => void,
    compare: (model: Model, real: Real) => Result,
  ) {
    this.#name = name;
    this.#act = act;
    this.#compare = compare;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): Result {
    this.#act(model, real);
    return this.#compare(model, real);
  }

  toString(): string {
    return this.#name;
  }
}
