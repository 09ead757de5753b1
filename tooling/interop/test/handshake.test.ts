/** What the server's socket knows of a client, on every pairing and over both transports (api-surface.md 4). */
import { describe, expect, it, onTestFinished } from "vitest";
import { openMeeting } from "../src/meeting.ts";
import { OUR_PAIRINGS, STOCK_PAIRING } from "../src/peers.ts";

describe.each([STOCK_PAIRING, ...OUR_PAIRINGS])("$name", ({ server, client: kind }) => {
  describe.each(["polling", "websocket"])("over %s", (transport) => {
    it("tells headers, address, query, auth and time of the handshake", async () => {
      const meeting = await openMeeting(server, {}, kind);
      onTestFinished(() => meeting.close());
      const before = Date.now();
      const { client, socket } = await meeting.pair(
        {
          transports: [transport],
          query: { page: "1 & 2" },
          auth: { token: "abc", list: [1, { deep: true }] },
          extraHeaders: { "x-own": "yes" },
        },
        "/news",
      );
      const { handshake } = socket;
      expect(handshake).toEqual({
        headers: expect.objectContaining({ "x-own": "yes", host: `127.0.0.1:${meeting.port}` }),
        time: String(new Date(handshake.issued)),
        issued: expect.any(Number),
        address: "127.0.0.1",
        xdomain: false,
        secure: false,
        url: socket.request.url,
        query: expect.objectContaining({ page: "1 & 2", EIO: "4", transport }),
        auth: { token: "abc", list: [1, { deep: true }] },
      });
      expect(handshake.issued).toBeGreaterThanOrEqual(before);
      expect(handshake.issued).toBeLessThanOrEqual(Date.now());
      expect(handshake.url).toMatch(/^\/socket\.io\/\?/);
      expect([socket.id, socket.nsp.name]).toEqual([client.id, "/news"]);
      expect(socket.id).not.toBe((socket.conn as unknown as { id: string }).id);
    });

    it("tells that another origin may be behind it, by the header Origin", async () => {
      const meeting = await openMeeting(server, { cors: { origin: "https://page.example" } }, kind);
      onTestFinished(() => meeting.close());
      const { socket } = await meeting.pair({
        transports: [transport],
        extraHeaders: { origin: "https://page.example" },
      });
      expect(socket.handshake.xdomain).toBe(true);
    });

    it("is kept for the life of the socket, with auth of its own in each namespace", async () => {
      const meeting = await openMeeting(server, {}, kind);
      onTestFinished(() => meeting.close());
      const { client, socket } = await meeting.pair({ transports: [transport], auth: { n: 1 } });
      const joined = new Promise<typeof socket>((resolve) => meeting.io.of("/b").on("connection", resolve));
      client.io.socket("/b", { auth: { n: 2 } });
      const other = await joined;
      expect([socket.handshake.auth, other.handshake.auth]).toEqual([{ n: 1 }, { n: 2 }]);
      expect(socket.handshake).toBe(socket.handshake);
      expect(other.client).toBe(socket.client);
    });
  });
});
