import { type One, OptionError } from "@telsiz/events";
import { describe, expect, it, vi } from "vitest";
import { type EmitFlags, EmitOperator, type EmitTarget, ReservedEventError } from "../src/index.ts";
import { FakeSocket } from "./fake-socket.ts";

/** A target that writes down what it is asked for. */
class Target implements EmitTarget<string> {
  readonly calls: [kind: string, event: string, args: readonly unknown[], flags: EmitFlags][] = [];
  _emitEvent(event: string, args: readonly unknown[], flags: EmitFlags): string {
    this.calls.push(["emit", event, args, flags]);
    return "emitted";
  }
  _requestEvent(event: string, args: readonly unknown[], flags: EmitFlags): Promise<unknown> {
    this.calls.push(["request", event, args, flags]);
    return Promise.resolve("answer");
  }
}

describe("EmitOperator", () => {
  it("hands events with their flags to its target, and gives back what the target does", async () => {
    const target = new Target();
    const operator = new EmitOperator<Record<string, (...args: unknown[]) => void>, One, string>(target, {
      volatile: true,
    });
    expect(operator.emit("greet", 1, 2)).toBe("emitted");
    await expect(operator.emitWithAck("ask", 3)).resolves.toBe("answer");
    expect(operator.send("text")).toBe("emitted");
    expect(target.calls).toEqual([
      ["emit", "greet", [1, 2], { volatile: true }],
      ["request", "ask", [3], { volatile: true }],
      ["emit", "message", ["text"], { volatile: true }],
    ]);
  });

  it("adds the flags of a chain, of which the last word counts", () => {
    const socket = new FakeSocket();
    socket.compress(true).volatile.timeout(5).compress(false).timeout(10).emit("greet");
    expect(socket.sent[0]![1]).toEqual({ volatile: true, compress: false, timeout: 10 });
  });

  it("changes nothing later: neither the socket nor the operator that it was made from", () => {
    const socket = new FakeSocket();
    const compressed = socket.compress(true);
    socket.timeout(5).volatile.compress(true);
    compressed.volatile.timeout(5);
    compressed.compress(false);
    socket.emit("plain");
    compressed.emit("compressed");
    compressed.emit("compressed");
    expect(socket.sent.map(([, flags]) => flags)).toEqual([{}, { compress: true }, { compress: true }]);
  });

  it("refuses a time that is none", () => {
    const socket = new FakeSocket();
    for (const time of [-1, Number.NaN, "5" as never, null as never]) {
      expect(() => socket.timeout(time)).toThrow(OptionError);
    }
    expect(() => socket.volatile.timeout(-1)).toThrow(
      'Option "timeout" must be a time in milliseconds, zero or more, not -1.',
    );
  });

  it("refuses reserved names", async () => {
    const socket = new FakeSocket();
    expect(() => socket.volatile.emit("disconnect", vi.fn())).toThrow(ReservedEventError);
    await expect(socket.volatile.emitWithAck("disconnect")).rejects.toThrow(ReservedEventError);
  });
});
