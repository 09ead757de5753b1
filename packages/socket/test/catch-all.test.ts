import { describe, expect, it, vi } from "vitest";
import { CatchAll } from "../src/catch-all.ts";

describe("CatchAll", () => {
  it("keeps listeners in order, the prepended ones first", () => {
    const catchAll = new CatchAll();
    const [a, b, c] = [vi.fn(), vi.fn(), vi.fn()];
    catchAll.append(b);
    catchAll.append(c);
    catchAll.prepend(a);
    expect(catchAll.list).toEqual([a, b, c]);
  });

  it("removes one registration of a listener, or all listeners", () => {
    const catchAll = new CatchAll();
    const [a, b] = [vi.fn(), vi.fn()];
    for (const listener of [a, b, a]) catchAll.append(listener);
    catchAll.remove(a);
    expect(catchAll.list).toEqual([b, a]);
    catchAll.remove(vi.fn());
    expect(catchAll.list).toEqual([b, a]);
    catchAll.remove();
    expect(catchAll.list).toEqual([]);
  });

  it("gives a copy as its list", () => {
    const catchAll = new CatchAll();
    catchAll.append(vi.fn());
    catchAll.list.pop();
    expect(catchAll.list).toHaveLength(1);
  });

  it("leaves a snapshot as it was", () => {
    const catchAll = new CatchAll();
    const [a, b] = [vi.fn(), vi.fn()];
    catchAll.append(a);
    const { snapshot } = catchAll;
    catchAll.append(b);
    catchAll.prepend(b);
    catchAll.remove(a);
    expect(snapshot).toEqual([a]);
  });

  it("refuses what is not a function", () => {
    const catchAll = new CatchAll();
    const refusal = new TypeError('The listener of "*" must be a function, not string.');
    expect(() => catchAll.append("text" as never)).toThrow(refusal);
    expect(() => catchAll.prepend("text" as never)).toThrow(refusal);
    expect(catchAll.list).toEqual([]);
  });
});
