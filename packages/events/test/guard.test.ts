import { describe, expect, it, vi } from "vitest";
import { callGuarded, isThenable, printHandlerError, throwUncaught } from "../src/index.ts";

describe("callGuarded", () => {
  it("calls the handler on the object, with the arguments", () => {
    const self = {};
    const handler = vi.fn(function (this: unknown, ..._args: unknown[]) {
      expect(this).toBe(self);
    });
    const fail = vi.fn();
    callGuarded(self, handler, [1, 2], fail);
    expect(handler).toHaveBeenCalledExactlyOnceWith(1, 2);
    expect(fail).not.toHaveBeenCalled();
  });

  it("gives on what the handler throws, whatever it is", () => {
    const fail = vi.fn();
    const fault = new Error("fault");
    for (const thrown of [fault, "text", undefined]) {
      callGuarded(
        undefined,
        () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- applications may throw anything
          throw thrown;
        },
        [],
        fail,
      );
    }
    expect(fail.mock.calls).toEqual([[fault], ["text"], [undefined]]);
  });

  it("gives on what the promise of the handler is rejected with", async () => {
    const fail = vi.fn();
    const fault = new Error("fault");
    callGuarded(undefined, () => Promise.reject(fault), [], fail);
    expect(fail).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(fail).toHaveBeenCalledExactlyOnceWith(fault);
  });

  it("says nothing of a promise that is fulfilled", async () => {
    const fail = vi.fn();
    callGuarded(undefined, () => Promise.resolve("fine"), [], fail);
    await Promise.resolve();
    expect(fail).not.toHaveBeenCalled();
  });

  it("gives on what the `then` of a result throws", () => {
    const fail = vi.fn();
    const fault = new Error("fault");
    const result = {
      get then(): never {
        throw fault;
      },
    };
    callGuarded(undefined, () => result, [], fail);
    expect(fail).toHaveBeenCalledExactlyOnceWith(fault);
  });
});

describe("isThenable", () => {
  it.each([
    [Promise.resolve(), true],
    [{ then: () => undefined }, true],
    [{ then: "text" }, false],
    [{}, false],
    [null, false],
    [undefined, false],
    ["text", false],
  ])("knows a promise (%#)", (value, expected) => {
    expect(isThenable(value)).toBe(expected);
  });
});

describe("printHandlerError", () => {
  it("prints the error and the event in whose handler it came up", () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    const fault = new Error("fault");
    printHandlerError(fault, "greet");
    expect(print).toHaveBeenCalledExactlyOnceWith(
      'A handler of "greet" failed; listen to "handler_error" to take care of it:',
      fault,
    );
    print.mockRestore();
  });
});

describe("throwUncaught", () => {
  it("throws later, where no caller can catch it", () => {
    const queued: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (callback: () => void) => queued.push(callback));
    const fault = new Error("fault");
    throwUncaught(fault);
    vi.unstubAllGlobals();
    expect(queued).toHaveLength(1);
    expect(queued[0]).toThrow(fault);
  });
});
