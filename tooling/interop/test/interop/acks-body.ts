/** Acknowledgements: by callback and promise, in time or too late (api-surface.md 12.2). */
import { nextEvent } from "@telsiz/testkit";
import { expect, it } from "vitest";
import { roundTrip } from "../../src/side.ts";
import { inBothDirections, type Stage } from "../stage.ts";

/** Asserts that acknowledgements come back, both ways, and from everybody. */
export function acksTests(stage: Stage): void {
  const { connect } = stage;

  inBothDirections(stage, (sides) => {
    it("acknowledges with several values, text and bytes", async () => {
      const [from, to] = await sides();
      to.on("ask", (value: string, answer: (...values: unknown[]) => void) => {
        answer(value, Buffer.from([1, 2]), { nested: [Buffer.from([3])] });
      });
      const values = await new Promise((resolve) => {
        from.emit("ask", "x", (...answered: unknown[]) => resolve(answered));
      });
      expect(values).toEqual(["x", Buffer.from([1, 2]), { nested: [Buffer.from([3])] }]);
    });

    it("takes only the first acknowledgement of each event", async () => {
      const [from, to] = await sides();
      to.on("ask", (answer: (value: number) => void) => {
        answer(1);
        answer(2);
      });
      const values: number[] = [];
      from.emit("ask", (value: number) => values.push(value));
      await roundTrip(from, to);
      await roundTrip(to, from);
      expect(values).toEqual([1]);
    });

    it("acknowledges before the timeout with no error, by callback and by promise", async () => {
      const [from, to] = await sides();
      to.on("request", (a: unknown, b: unknown, answer: (value: unknown) => void) =>
        answer({ status: "ok" }),
      );
      const values = await new Promise((resolve) => {
        from
          .timeout(5_000)
          .emit("request", { foo: "bar" }, "baz", (...answered: unknown[]) => resolve(answered));
      });
      expect(values).toEqual([null, { status: "ok" }]);
      const response = await from.timeout(5_000).emitWithAck("request", { foo: "bar" }, "baz");
      expect(response).toEqual({ status: "ok" });
      expect(await from.emitWithAck("request", 1, 2)).toEqual({ status: "ok" });
    });

    it("fails an acknowledgement that does not come in time, by callback and by promise", async () => {
      const [from] = await sides();
      const error = await new Promise<Error>((resolve) => {
        from.timeout(5).emit("nobody listens", (failure: Error) => resolve(failure));
      });
      expect(error).toBeInstanceOf(Error);
      expect(error.message).toBe("operation has timed out");
      await expect(from.timeout(5).emitWithAck("nobody listens")).rejects.toThrow("operation has timed out");
    });
  });

  it("collects the acknowledgements of a broadcast, and says who did not answer in time", async () => {
    const pairs = [await connect(), await connect()];
    pairs.forEach(({ client }, n) => client.on("ask", (answer: (value: number) => void) => answer(n)));
    expect([...(await stage.io.timeout(5_000).emitWithAck("ask"))].sort()).toEqual([0, 1]);
    pairs[1]!.client.off("ask");
    const [error, responses] = await new Promise<[Error, number[]]>((resolve) => {
      stage.io.timeout(100).emit("ask", (failure: Error, values: number[]) => resolve([failure, values]));
    });
    expect(error.message).toBe("operation has timed out");
    expect(responses).toEqual([0]);
  });

  it("fails acknowledgements of a client that loses its connection", async () => {
    const { client, socket } = await connect({ reconnection: false });
    const [plain, timed]: unknown[][] = [[], []];
    client.emit("ask", (...values: unknown[]) => plain!.push(...values));
    client.timeout(60_000).emit("ask", (...values: unknown[]) => timed!.push(...values));
    const promise = client.emitWithAck("ask");
    const received = nextEvent(socket, "last");
    client.emit("last");
    await received;
    socket.conn.close();
    await expect(promise).rejects.toThrow("socket has been disconnected");
    expect(timed).toEqual([expect.objectContaining({ message: "socket has been disconnected" })]);
    expect(plain).toEqual([]);
  });
}
