import { type EventEmitter, once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { Emitter } from "../src/index.ts";

/** An emitter, and what its listeners heard: `log("a")` is a listener that writes down `a` and its arguments. */
function setUp(): {
  emitter: Emitter;
  heard: unknown[][];
  log: (name: string) => (...args: unknown[]) => void;
} {
  const heard: unknown[][] = [];
  return {
    emitter: new Emitter(),
    heard,
    log:
      (name) =>
      (...args) => {
        heard.push([name, ...args]);
      },
  };
}

describe("emit", () => {
  it("calls the listeners of the event in the order of their registration, with its arguments", () => {
    const { emitter, heard, log } = setUp();
    emitter.on("tick", log("a")).addListener("tick", log("b")).on("other", log("c"));
    expect(emitter.emit("tick", 1, "two")).toBe(true);
    expect(heard).toEqual([
      ["a", 1, "two"],
      ["b", 1, "two"],
    ]);
  });

  it("tells that nobody listened", () => {
    const { emitter, log } = setUp();
    emitter.once("tick", log("a"));
    emitter.emit("tick");
    expect(emitter.emit("tick")).toBe(false);
    expect(new Emitter().emit("tick")).toBe(false);
  });

  it("keeps nothing until the first listener, whatever it is asked before", () => {
    const made = vi.fn();
    class CountedMap extends Map<unknown, unknown> {
      constructor() {
        super();
        made();
      }
    }
    vi.stubGlobal("Map", CountedMap);
    try {
      const emitter = new Emitter();
      emitter.emit("tick", 1);
      emitter.off("tick", made).off("tick").off();
      expect([emitter.listenerCount("tick"), emitter.hasListeners("tick")]).toEqual([0, false]);
      expect([emitter.listeners("tick"), emitter.rawListeners("tick"), emitter.eventNames()]).toEqual([
        [],
        [],
        [],
      ]);
      expect(made).not.toHaveBeenCalled();
      emitter.on("tick", () => undefined);
      expect(made).toHaveBeenCalledOnce();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("does not throw for an error event that nobody listens to", () => {
    expect(new Emitter().emit("error", new Error("lost"))).toBe(false);
  });

  it("calls listeners with the emitter as `this`", () => {
    const { emitter } = setUp();
    const seen: unknown[] = [];
    const listener = function (this: unknown): void {
      seen.push(this);
    };
    emitter.on("tick", listener).once("tick", listener).emit("tick");
    expect(seen).toEqual([emitter, emitter]);
  });

  it("lets pass what a listener throws, and calls none after it", () => {
    const { emitter, heard, log } = setUp();
    const fault = new Error("listener");
    emitter.on("tick", () => {
      throw fault;
    });
    emitter.on("tick", log("after"));
    expect(() => emitter.emit("tick")).toThrow(fault);
    expect(heard).toEqual([]);
  });

  it("calls a listener as often as it was registered", () => {
    const { emitter, heard, log } = setUp();
    const listener = log("a");
    emitter.on("tick", listener).on("tick", listener).emit("tick");
    expect(heard).toHaveLength(2);
  });

  it("keeps to the list it began with when a listener adds another", () => {
    const { emitter, heard, log } = setUp();
    emitter.once("tick", () => emitter.on("tick", log("added")));
    emitter.on("tick", log("a"));
    emitter.emit("tick");
    expect(heard).toEqual([["a"]]);
    emitter.emit("tick");
    expect(heard).toEqual([["a"], ["a"], ["added"]]);
  });

  it("keeps to the list it began with when a listener removes another", () => {
    const { emitter, heard, log } = setUp();
    const removed = log("removed");
    emitter.on("tick", () => emitter.off("tick", removed));
    emitter.on("tick", removed);
    emitter.emit("tick");
    expect(heard).toEqual([["removed"]]);
    emitter.emit("tick");
    expect(heard).toHaveLength(1);
  });

  it.each(["toString", "__proto__", "constructor", ""])("takes %j for a name like any other", (name) => {
    const { emitter, heard, log } = setUp();
    expect(emitter.emit(name)).toBe(false);
    emitter.on(name, log("a")).emit(name);
    expect(heard).toEqual([["a"]]);
    expect(emitter.eventNames()).toEqual([name]);
  });
});

describe("on", () => {
  it.each(["on", "addListener", "prependListener", "once", "prependOnceListener"] as const)(
    "is refused without a function (%s)",
    (method) => {
      const emitter = new Emitter();
      expect(() => emitter[method]("tick", "text" as never)).toThrow(
        new TypeError('The listener of "tick" must be a function, not string.'),
      );
      expect(emitter.eventNames()).toEqual([]);
    },
  );
});

describe("once", () => {
  it("calls the listener a single time, even if it emits the event itself", () => {
    const { emitter, heard, log } = setUp();
    const note = log("a");
    emitter.once("tick", (depth) => {
      note(depth);
      emitter.emit("tick", 1);
    });
    emitter.emit("tick", 0);
    emitter.emit("tick", 2);
    expect(heard).toEqual([["a", 0]]);
  });

  it("has removed the listener before it is called, even if it throws", () => {
    const { emitter } = setUp();
    emitter.once("tick", () => {
      expect(emitter.listenerCount("tick")).toBe(0);
      throw new Error("listener");
    });
    expect(() => emitter.emit("tick")).toThrow("listener");
    expect(emitter.emit("tick")).toBe(false);
  });

  it("is undone by off with the original listener", () => {
    const { emitter, heard, log } = setUp();
    const listener = log("a");
    emitter.once("tick", listener).off("tick", listener).emit("tick");
    expect(heard).toEqual([]);
  });

  it("leaves other registrations of the same listener alone", () => {
    const { emitter, heard, log } = setUp();
    const listener = log("a");
    emitter.on("tick", listener).once("tick", listener);
    emitter.emit("tick");
    emitter.emit("tick");
    expect(heard).toHaveLength(3);
  });
});

describe("prependListener", () => {
  it("puts the listener before those that are there", () => {
    const { emitter, heard, log } = setUp();
    emitter.on("tick", log("c")).prependListener("tick", log("b")).prependOnceListener("tick", log("a"));
    emitter.emit("tick");
    emitter.emit("tick");
    expect(heard).toEqual([["a"], ["b"], ["c"], ["b"], ["c"]]);
  });

  it("works on an event without listeners", () => {
    const { emitter, heard, log } = setUp();
    emitter.prependListener("tick", log("a")).emit("tick");
    expect(heard).toEqual([["a"]]);
  });
});

describe("off", () => {
  it("removes the latest registration of a listener, and one at a time", () => {
    const { emitter, heard, log } = setUp();
    const [first, second] = [log("first"), log("second")];
    emitter.on("tick", first).on("tick", second).on("tick", first);
    emitter.off("tick", first).emit("tick");
    expect(heard).toEqual([["first"], ["second"]]);
    emitter.removeListener("tick", first).removeListener("tick", first);
    expect(emitter.listeners("tick")).toEqual([second]);
  });

  it("removes all listeners of an event when given no listener", () => {
    const { emitter, log } = setUp();
    emitter.on("tick", log("a")).on("tick", log("b")).on("other", log("c"));
    emitter.off("tick");
    expect(emitter.eventNames()).toEqual(["other"]);
  });

  it("removes everything when given nothing", () => {
    const { emitter, log } = setUp();
    emitter.on("tick", log("a")).on("other", log("b"));
    expect(emitter.off()).toBe(emitter);
    expect(emitter.eventNames()).toEqual([]);
  });

  it("passes over what was never registered", () => {
    const { emitter, heard, log } = setUp();
    emitter.off("tick", log("x")).off("tick").off();
    emitter.on("tick", log("a")).off("tick", log("x")).off("other").emit("tick");
    expect(heard).toEqual([["a"]]);
  });
});

describe("the names of component-emitter", () => {
  it("add, ask for and remove listeners", () => {
    const { emitter, heard, log } = setUp();
    const [a, b] = [log("a"), log("b")];
    expect(emitter.hasListeners("tick")).toBe(false);
    emitter.addEventListener("tick", a).addEventListener("tick", b).emit("tick");
    expect(heard).toEqual([["a"], ["b"]]);
    expect(emitter.removeEventListener("tick", a).listeners("tick")).toEqual([b]);
    expect(emitter.hasListeners("tick")).toBe(true);
    expect(emitter.removeEventListener("tick", b).hasListeners("tick")).toBe(false);
  });

  it.each(["off", "removeListener", "removeEventListener"] as const)(
    "let %s remove one, all of an event, and all",
    (remove) => {
      const { emitter, log } = setUp();
      const listener = log("a");
      for (const event of ["a", "b", "c"]) emitter.on(event, listener).on(event, log("b"));
      expect(emitter[remove]("a", listener).listenerCount("a")).toBe(1);
      expect(emitter[remove]("b").eventNames()).toEqual(["a", "c"]);
      expect(emitter[remove]().eventNames()).toEqual([]);
    },
  );
});

describe("removeAllListeners", () => {
  it("removes the listeners of one event, or of all", () => {
    const { emitter, log } = setUp();
    emitter.on("a", log("a")).on("b", log("b")).on("c", log("c"));
    expect(emitter.removeAllListeners("b").eventNames()).toEqual(["a", "c"]);
    expect(emitter.removeAllListeners().eventNames()).toEqual([]);
  });

  it("lets an emit that is under way go on", () => {
    const { emitter, heard, log } = setUp();
    emitter.once("tick", () => emitter.removeAllListeners()).on("tick", log("a"));
    emitter.emit("tick");
    expect(heard).toEqual([["a"]]);
    expect(emitter.eventNames()).toEqual([]);
  });
});

describe("newListener and removeListener", () => {
  it("tells of a listener before it is added", () => {
    const { emitter, log } = setUp();
    const counts: unknown[][] = [];
    const listener = log("a");
    emitter.on("newListener", (event: string, added) => {
      counts.push([event, added, emitter.listenerCount(event)]);
    });
    emitter.on("tick", listener).once("tick", listener);
    expect(counts).toEqual([
      ["tick", listener, 0],
      ["tick", listener, 1],
    ]);
  });

  it("tells of a listener after it was removed, by off or by having been called once", () => {
    const { emitter, log } = setUp();
    const removed: unknown[][] = [];
    const listener = log("a");
    emitter.on("removeListener", (event: string, gone) => {
      removed.push([event, gone, emitter.listenerCount(event)]);
    });
    emitter.on("tick", listener).once("tick", listener);
    emitter.emit("tick");
    emitter.off("tick", listener).off("tick", listener);
    expect(removed).toEqual([
      ["tick", listener, 1],
      ["tick", listener, 0],
    ]);
  });

  it("tells a single time of a listener that was removed in the midst of the emit that still calls it", () => {
    const { emitter, heard, log } = setUp();
    const removed = vi.fn();
    const listener = log("a");
    emitter.on("removeListener", removed);
    emitter.on("tick", () => emitter.off("tick", listener)).once("tick", listener);
    emitter.emit("tick");
    expect(heard).toEqual([["a"]]);
    expect(removed).toHaveBeenCalledExactlyOnceWith("tick", listener);
  });
});

describe("the lists", () => {
  it("names the events in the order of their first registration", () => {
    const { emitter, log } = setUp();
    const listener = log("a");
    emitter.on("b", listener).on("a", listener).on("c", listener).on("b", listener);
    expect(emitter.eventNames()).toEqual(["b", "a", "c"]);
    emitter.off("b", listener);
    expect(emitter.eventNames()).toEqual(["b", "a", "c"]);
    emitter.off("b", listener).on("b", listener);
    expect(emitter.eventNames()).toEqual(["a", "c", "b"]);
  });

  it("gives the listeners as they were registered, and raw with the wrappers of once", () => {
    const { emitter, log } = setUp();
    const [a, b] = [log("a"), log("b")];
    emitter.on("tick", a).once("tick", b);
    expect(emitter.listeners("tick")).toEqual([a, b]);
    const [plain, wrapped] = emitter.rawListeners("tick");
    expect(plain).toBe(a);
    expect(wrapped).not.toBe(b);
    expect(wrapped).toHaveProperty("listener", b);
  });

  it("is undone by a raw listener too", () => {
    const { emitter, log } = setUp();
    const [first, second] = [log("a"), log("b")];
    emitter.once("tick", first).once("tick", second);
    emitter.off("tick", emitter.rawListeners("tick")[0]);
    expect(emitter.listeners("tick")).toEqual([second]);
  });

  it("gives copies", () => {
    const { emitter, log } = setUp();
    emitter.on("tick", log("a")).on("tick", log("b"));
    emitter.listeners("tick").pop();
    emitter.rawListeners("tick").pop();
    emitter.eventNames().pop();
    expect(emitter.listenerCount("tick")).toBe(2);
  });

  it("counts the listeners of an event, or the registrations of one listener", () => {
    const { emitter, log } = setUp();
    const listener = log("a");
    emitter.on("tick", listener).once("tick", listener).on("tick", log("b"));
    expect(emitter.listenerCount("tick")).toBe(3);
    expect(emitter.listenerCount("tick", listener)).toBe(2);
    expect(emitter.listenerCount("other")).toBe(0);
  });

  it("remembers the limit that Node would warn about, and takes any number", () => {
    const emitter = new Emitter();
    expect(emitter.getMaxListeners()).toBe(0);
    expect(emitter.setMaxListeners(1).getMaxListeners()).toBe(1);
    const warn = vi.spyOn(process, "emitWarning");
    emitter.on("tick", vi.fn()).on("tick", vi.fn());
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe("once of node:events", () => {
  /** Node's types ask for its own class; what it does needs no more than the methods. */
  const asNode = (emitter: object): EventEmitter => emitter as EventEmitter;

  it("resolves with the arguments of the next event, and leaves no listener", async () => {
    const emitter = new Emitter();
    const next = once(asNode(emitter), "tick");
    emitter.emit("tick", 1, 2);
    await expect(next).resolves.toEqual([1, 2]);
    expect(emitter.eventNames()).toEqual([]);
  });

  it("rejects with an error event", async () => {
    const emitter = new Emitter();
    const next = once(asNode(emitter), "tick");
    emitter.emit("error", new Error("fault"));
    await expect(next).rejects.toThrow("fault");
    expect(emitter.eventNames()).toEqual([]);
  });

  it("rejects when its signal is aborted", async () => {
    const emitter = new Emitter();
    const controller = new AbortController();
    const next = once(asNode(emitter), "tick", { signal: controller.signal });
    controller.abort();
    await expect(next).rejects.toHaveProperty("name", "AbortError");
    expect(emitter.eventNames()).toEqual([]);
  });
});
