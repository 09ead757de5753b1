import { OptionError } from "@telsiz/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDeliveryOptions, type DeliveryOptions, DeliveryWindow } from "../src/delivery-window.ts";

const NO_FLAGS = {};

/** A window of a new session whose server counts. */
function open(options?: DeliveryOptions): DeliveryWindow {
  const window = new DeliveryWindow(options);
  window.onConnect(false, 0, 0);
  return window;
}

function send(window: DeliveryWindow, ...texts: string[]): void {
  for (const text of texts) window.onSent(text, NO_FLAGS, true);
}

/** The session goes on. @returns what is sent again, and the gap */
function recover(window: DeliveryWindow, received: unknown, nowMs = 0): [again: unknown[], gap: unknown] {
  const { again, gap } = window.onConnect(true, received, nowMs);
  return [[...again].map(({ encoded }) => encoded), gap];
}

describe("a delivery window", () => {
  it("gives back in order what the server has not got, with its flags", () => {
    const window = open();
    send(window, "a", "b");
    window.onSent("c", { compress: false }, true);
    const { again, gap } = window.onConnect(true, 1, 0);
    expect(again).toMatchObject([
      { encoded: "b", flags: NO_FLAGS },
      { encoded: "c", flags: { compress: false } },
    ]);
    expect(gap).toBeUndefined();
  });

  it("goes on counting from what the server has got", () => {
    const window = open();
    send(window, "a", "b", "c");
    recover(window, 1);
    send(window, "b", "c", "d"); // the first two once more
    expect(recover(window, 3)).toEqual([["d"], undefined]);
  });

  it("counts what is not to be sent again, too", () => {
    const window = open();
    send(window, "a");
    window.onSent("volatile", NO_FLAGS, false);
    send(window, "b");
    expect(recover(window, 2)).toEqual([["b"], undefined]);
  });

  it("keeps bytes as they were when they were sent", () => {
    const window = open();
    const bytes = Uint8Array.of(1, 2);
    window.onSent(['51-["a",{"_placeholder":true,"num":0}]', bytes], NO_FLAGS, true);
    bytes.fill(9);
    const [again] = recover(window, 0);
    expect(again).toEqual([['51-["a",{"_placeholder":true,"num":0}]', Uint8Array.of(1, 2)]]);
  });

  it("keeps nothing for a server that does not count, and knows of no gap", () => {
    const window = new DeliveryWindow();
    expect(window.onConnect(false, undefined, 0)).toEqual({ again: [], gap: undefined });
    send(window, "a");
    window.onLost(0);
    expect(recover(window, undefined)).toEqual([[], undefined]);
    expect(recover(window, 0)).toEqual([[], undefined]);
  });

  it.each([
    ["too many events", { maxEvents: 2 }],
    ["too many bytes", { maxBytes: 2 }],
  ])("forgets the oldest of %s, and tells how many of them the server has not got", (_what, limits) => {
    const window = open(limits);
    send(window, "a", "b", "c", "d");
    expect(recover(window, 1)).toEqual([["c", "d"], { lost: 1, missed: false }]);
    send(window, "c", "d", "e");
    expect(recover(window, 3)).toEqual([["e"], undefined]);
  });

  it("does not keep what is longer than all that it may keep", () => {
    const window = open({ maxBytes: 3 });
    send(window, "a", "long");
    expect(recover(window, 0)).toEqual([[], { lost: 2, missed: false }]);
  });

  it("sends nothing again after the window, counted from the first loss", () => {
    const window = open({ window: 100 });
    send(window, "a", "b");
    window.onLost(50);
    window.onLost(149); // in vain, meanwhile
    expect(recover(window, 1, 151)).toEqual([[], { lost: 1, missed: false }]);
    send(window, "c");
    window.onLost(200);
    expect(recover(window, 1, 300)).toEqual([["c"], undefined]);
  });

  it("tells how many may be lost where the session is not recovered, and that others may be missing", () => {
    const window = open();
    send(window, "a", "b");
    expect(window.onConnect(false, 0, 0)).toEqual({ again: [], gap: { lost: 2, missed: true } });
    expect(window.onConnect(false, 0, 0)).toEqual({ again: [], gap: { lost: 0, missed: true } });
  });

  it("knows by every second ping what has arrived", () => {
    const window = open({ maxEvents: 3 });
    send(window, "a");
    window.onPing();
    send(window, "b");
    window.onPing(); // by its pong to the first, the server has got "a"
    send(window, "c", "d"); // room for three
    expect(window.onConnect(false, 0, 0).gap).toEqual({ lost: 3, missed: true });
  });

  it("asks for a sign of arrival at 500 events, once at a time, and forgets what has come", () => {
    const window = open();
    send(window, ...Array.from({ length: 499 }, (_, n) => String(n)));
    expect(window.shouldAsk).toBe(false);
    send(window, "499");
    expect(window.shouldAsk).toBe(true);
    const onAnswer = window.onAsked();
    send(window, "500");
    expect(window.shouldAsk).toBe(false);
    onAnswer(true);
    expect(window.shouldAsk).toBe(false);
    expect(window.onConnect(false, 0, 0).gap).toEqual({ lost: 1, missed: true });
  });

  it("asks again where the answer cannot come, or did not by the next ping", () => {
    const window = open();
    send(window, ...Array.from({ length: 500 }, (_, n) => String(n)));
    window.onAsked()(false);
    expect(window.shouldAsk).toBe(true);
    window.onAsked();
    window.onPing();
    expect(window.shouldAsk).toBe(true);
    expect(recover(window, 499)).toEqual([["499"], undefined]);
  });

  it("asks for nothing after the connection was ended on purpose", () => {
    const window = open();
    send(window, "a");
    window.end();
    expect(window.onConnect(false, 0, 0)).toEqual({ again: [], gap: undefined });
  });

  it.each([-1, 0.5, Number.NaN, Infinity, "1", null, {}, 99])(
    "takes no harm from a server that says %s",
    (received) => {
      const window = open();
      send(window, "a", "b");
      const { again } = window.onConnect(true, received, 0);
      expect([...again].length).toBeLessThanOrEqual(2);
      send(window, "c");
      window.onPing();
      window.onPing();
      expect(() => window.onConnect(true, 0, 0)).not.toThrow();
    },
  );
});

describe("the option delivery", () => {
  it.each([undefined, false, {}, { window: 0, maxEvents: Infinity, maxBytes: 5 }] as const)(
    "may be %o",
    (delivery) => {
      expect(() => checkDeliveryOptions(delivery)).not.toThrow();
    },
  );

  it.each([true, null, 5, { window: -1 }, { maxEvents: "5" }, { maxBytes: Number.NaN }])(
    "may not be %o",
    (delivery) => {
      expect(() => checkDeliveryOptions(delivery as never)).toThrow(OptionError);
    },
  );
});

/** A step: the client sends, a part of what is on its way arrives, the connection is lost and recovered, or a ping comes. */
type Step = { send: boolean } | { arrive: number } | { cut: number } | "ping";

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ send: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ arrive: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ cut: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant<Step>("ping") },
);

/** A client with a window, a server that counts, and the wire between them. */
class Wire {
  readonly window: DeliveryWindow;
  readonly sent: string[] = [];
  readonly got: string[] = [];
  lost = 0;
  #count = 0;
  #flying: string[] = [];
  #next = 0;

  constructor(options: DeliveryOptions) {
    this.window = open(options);
  }

  send(isKept: boolean): void {
    const text = `${isKept ? "kept" : "volatile"} ${this.#next++}`;
    if (isKept) this.sent.push(text);
    this.#leave(text, isKept);
  }

  arrive(most: number): void {
    for (const text of this.#flying.splice(0, most)) {
      this.#count++;
      this.got.push(text);
    }
  }

  /** @param arriving how much of what is on its way still arrives */
  cut(arriving: number): void {
    this.arrive(arriving);
    this.#flying = [];
    const { again, gap } = this.window.onConnect(true, this.#count, 0);
    this.lost += gap?.lost ?? 0;
    for (const { encoded } of again) this.#leave(encoded as string, true);
  }

  /** The server pings only after the pong, behind which nothing of before is left. */
  ping(): void {
    this.arrive(Infinity);
    this.window.onPing();
  }

  #leave(text: string, isKept: boolean): void {
    this.#flying.push(text);
    this.window.onSent(text, NO_FLAGS, isKept);
  }
}

describe("any sequence of sends, arrivals, pings and cuts", () => {
  const play = (steps: readonly Step[], options: DeliveryOptions): Wire => {
    const wire = new Wire(options);
    for (const each of steps) {
      if (each === "ping") wire.ping();
      else if ("send" in each) wire.send(each.send);
      else if ("arrive" in each) wire.arrive(each.arrive);
      else wire.cut(each.cut);
    }
    wire.cut(0);
    wire.arrive(Infinity);
    return wire;
  };

  it("loses, doubles and reorders nothing within the bounds, and reports no gap", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { sent, got, lost } = play(steps, {});
        expect(got.filter((text) => text.startsWith("kept"))).toEqual(sent);
        expect(new Set(got).size).toBe(got.length);
        expect(lost).toBe(0);
      }),
    );
  });

  it("doubles and reorders nothing beyond them, and reports at least what is lost", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 4 }), (steps, maxEvents) => {
        const { sent, got, lost } = play(steps, { maxEvents });
        const arrived = got.filter((text) => text.startsWith("kept"));
        expect(sent.filter((text) => arrived.includes(text))).toEqual(arrived);
        expect(lost).toBeGreaterThanOrEqual(sent.length - arrived.length);
      }),
    );
  });
});
