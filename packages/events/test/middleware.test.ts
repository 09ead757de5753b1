import { describe, expect, it } from "vitest";
import { checkedMiddleware, type MiddlewareOutcome, type Next, runMiddleware } from "../src/index.ts";

type Step = (subject: string, next: Next) => unknown;

/** An outcome that writes down which of its methods were called. */
class Outcome implements MiddlewareOutcome {
  readonly calls: unknown[][] = [];
  onDone(...args: unknown[]): void {
    this.calls.push(["done", ...args]);
  }
  onThrow(error: unknown): void {
    this.calls.push(["throw", error]);
  }
  onLateThrow(error: unknown): void {
    this.calls.push(["late throw", error]);
  }
}

function run(...chain: Step[]): Outcome {
  const outcome = new Outcome();
  runMiddleware(chain, ["subject"], outcome);
  return outcome;
}

const goOn: Step = (_subject, next) => {
  next();
};

describe("runMiddleware", () => {
  it("is done at once with an empty chain", () => {
    expect(run().calls).toEqual([["done"]]);
  });

  it("runs each with the arguments, in order, and is then done", () => {
    const seen: string[] = [];
    const step =
      (name: string): Step =>
      (subject, next) => {
        seen.push(`${name} ${subject}`);
        next();
      };
    expect(run(step("a"), step("b"), step("c")).calls).toEqual([["done"]]);
    expect(seen).toEqual(["a subject", "b subject", "c subject"]);
  });

  it("waits for each to call next", () => {
    let goOnNow: Next | undefined;
    const seen: string[] = [];
    const outcome = run(
      (_subject, next) => {
        goOnNow = next;
      },
      (subject, next) => {
        seen.push(subject);
        next();
      },
    );
    expect(outcome.calls).toEqual([]);
    expect(seen).toEqual([]);
    goOnNow!();
    expect(outcome.calls).toEqual([["done"]]);
    expect(seen).toEqual(["subject"]);
  });

  it("ends with the error that one refuses with, and runs none after it", () => {
    const refusal = new Error("no");
    const seen: string[] = [];
    const outcome = run(
      goOn,
      (_subject, next) => {
        next(refusal);
      },
      (subject) => seen.push(subject),
    );
    expect(outcome.calls).toEqual([["done", refusal]]);
    expect(seen).toEqual([]);
  });

  it("counts only the first call of next, sooner or later", () => {
    const nexts: Next[] = [];
    const seen: string[] = [];
    const outcome = run(
      (_subject, next) => {
        nexts.push(next);
        next();
        next();
        next(new Error("too late"));
      },
      (subject, next) => {
        seen.push(subject);
        nexts.push(next);
      },
    );
    nexts[0]!();
    expect(outcome.calls).toEqual([]);
    nexts[1]!();
    nexts[1]!(new Error("too late"));
    nexts[0]!();
    expect(outcome.calls).toEqual([["done"]]);
    expect(seen).toEqual(["subject"]);
  });

  it("tells what one throws before it called next, and runs none after it", () => {
    const fault = new Error("fault");
    let kept: Next | undefined;
    const outcome = run((_subject, next) => {
      kept = next;
      throw fault;
    }, goOn);
    kept!();
    expect(outcome.calls).toEqual([["throw", fault]]);
  });

  it("tells what the promise of one was rejected with", async () => {
    const fault = new Error("fault");
    const outcome = run(() => Promise.reject(fault), goOn);
    await Promise.resolve();
    expect(outcome.calls).toEqual([["throw", fault]]);
  });

  it("does not go on when a promise is fulfilled: only next does", async () => {
    const outcome = run(() => Promise.resolve());
    await Promise.resolve();
    expect(outcome.calls).toEqual([]);
  });

  it("lets stand what came of the chain when one throws after next, but tells of it", async () => {
    const [thrown, rejected] = [new Error("thrown"), new Error("rejected")];
    const outcome = run(
      (_subject, next) => {
        next();
        throw thrown;
      },
      (_subject, next) => {
        next();
        return Promise.reject(rejected);
      },
    );
    await Promise.resolve();
    expect(outcome.calls).toEqual([["done"], ["late throw", thrown], ["late throw", rejected]]);
  });

  it("keeps to the chain it began with", () => {
    const seen: string[] = [];
    const chain: Step[] = [
      (_subject, next) => {
        chain.push((subject, goOnNow) => {
          seen.push(subject);
          goOnNow();
        });
        next();
      },
    ];
    const outcome = new Outcome();
    runMiddleware(chain, ["subject"], outcome);
    expect(outcome.calls).toEqual([["done"]]);
    expect(seen).toEqual([]);
  });

  it("can run a chain twice at a time", () => {
    const nexts: Next[] = [];
    const chain: Step[] = [(_subject, next) => nexts.push(next), goOn];
    const outcomes = [run(...chain), run(...chain)];
    nexts[1]!();
    nexts[0]!(new Error("no"));
    expect(outcomes.map(({ calls }) => calls.length)).toEqual([1, 1]);
    expect(outcomes[1]!.calls).toEqual([["done"]]);
  });
});

describe("checkedMiddleware", () => {
  it("gives back a function", () => {
    expect(checkedMiddleware(goOn)).toBe(goOn);
  });

  it("refuses what is none", () => {
    expect(() => checkedMiddleware("auth" as never)).toThrow(
      'Option "middleware" must be a function, not "auth".',
    );
  });
});
