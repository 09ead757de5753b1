/** Handlers of a socket that has no contract. */
import { AckError } from "@telsiz/events";
import { describe, expect, it, vi } from "vitest";
import { HandlerExistsError, ReservedEventError } from "../src/index.ts";
import { FakeSocket } from "./fake-socket.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sentBy = (socket: FakeSocket): unknown[] => socket.sent.map(([packet]) => packet.data);

describe("a handler", () => {
  it("answers with what it returns, or its promise resolves with", async () => {
    const socket = new FakeSocket();
    socket.handle("sum", (a: number, b: number) => a + b);
    socket.handle("later", async (value: string) => value.toUpperCase());
    socket.receive(["sum", 1, 2], 1);
    socket.receive(["later", "a"], 2);
    socket.receive(["sum", 1, 2]);
    await settled();
    expect(sentBy(socket)).toEqual([[3], ["A"]]);
  });

  it("answers with the error that it fails with", async () => {
    const socket = new FakeSocket();
    socket.handle("fail", (_value, ctx) => ctx.fail("NO", { why: 1 }));
    socket.handle("later", async () => {
      throw new AckError("NO");
    });
    socket.receive(["fail", 1], 1);
    socket.receive(["later"], 2);
    socket.receive(["fail", 1]);
    await settled();
    expect(sentBy(socket)).toEqual([
      [{ error: { code: "NO", message: "NO", data: { why: 1 } } }],
      [{ error: { code: "NO", message: "NO" } }],
    ]);
    expect(socket.faults).toEqual([]);
  });

  it("says nothing of an error that it did not mean, which is reported", async () => {
    const socket = new FakeSocket();
    const bug = new Error("secret");
    socket.handle("throws", () => {
      throw bug;
    });
    socket.handle("rejects", () => Promise.reject(bug));
    socket.receive(["throws"], 1);
    socket.receive(["rejects"], 2);
    socket.receive(["throws"]);
    await settled();
    const internal = [{ error: { code: "INTERNAL", message: "Internal error" } }];
    expect(sentBy(socket)).toEqual([internal, internal]);
    expect(socket.faults).toEqual([
      [bug, "throws"],
      [bug, "throws"],
      [bug, "rejects"],
    ]);
  });

  it("answers with INTERNAL where its answer cannot be sent", () => {
    const socket = new FakeSocket();
    const refusal = new Error("cannot be encoded");
    socket.handle("value", () => 1);
    socket.handle("fail", (ctx) => ctx.fail("NO", 1));
    for (const event of ["value", "fail"]) {
      socket.refuse = refusal;
      socket.receive([event], 1);
    }
    const internal = [{ error: { code: "INTERNAL", message: "Internal error" } }];
    expect(sentBy(socket)).toEqual([internal, internal]);
    expect(socket.faults).toEqual([
      [refusal, "value"],
      [refusal, "fail"],
    ]);
  });

  it("comes after the listeners, of which one may answer before it", () => {
    const socket = new FakeSocket();
    const order: string[] = [];
    socket.handle("ask", () => order.push("handler"));
    socket.on("ask", (ack) => {
      order.push("listener");
      ack("first");
    });
    socket.receive(["ask"], 1);
    expect(order).toEqual(["listener", "handler"]);
    expect(sentBy(socket)).toEqual([["first"]]);
  });

  it("is one for each event, and never of a reserved one", () => {
    const socket = new FakeSocket();
    const handler = vi.fn();
    socket.handle("a", handler);
    expect(() => socket.handle("a", handler)).toThrow(HandlerExistsError);
    expect(() => socket.handle("connect", handler)).toThrow(ReservedEventError);
    expect(() => socket.handle("b", 7 as never)).toThrow(TypeError);
  });

  it("is taken away by what takes listeners away", () => {
    const socket = new FakeSocket();
    const handler = vi.fn();
    const other = vi.fn();
    const removals = [
      () => socket.off("a", handler),
      () => socket.removeListener("a", handler),
      () => socket.off("a"),
      () => socket.removeAllListeners("a"),
      () => socket.off(),
    ];
    for (const remove of removals) {
      socket.handle("a", handler);
      socket.off("a", other);
      socket.off("b");
      socket.receive(["a"]);
      expect(handler).toHaveBeenCalledTimes(1);
      remove();
      socket.receive(["a"]);
      expect(handler).toHaveBeenCalledTimes(1);
      handler.mockClear();
    }
  });
});
