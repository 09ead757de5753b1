/** The options of clients on Node.js that concern TLS, over either transport (api-surface.md 11). */
import type { ServerOptions as SecureOptions } from "node:https";
import type { TLSSocket } from "node:tls";
import {
  authority,
  clientIdentity,
  type HttpPort,
  nextEvent,
  openHttpsPort,
  serverIdentity,
} from "@telsiz/testkit";
import type { Server } from "socket.io";
import type { Socket } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { OUR_PAIRINGS, STOCK_PAIRING } from "../src/peers.ts";

/** What a server knows of the other end. */
interface Seen {
  readonly encrypted: boolean;
  readonly cipher: string;
  /** Whom a certificate that the server trusts names. */
  readonly name: string | undefined;
}

function see(socket: TLSSocket): Seen {
  const { encrypted, authorized } = socket;
  const name = authorized ? (socket.getPeerCertificate().subject.CN as string) : undefined;
  return { encrypted, name, cipher: socket.getCipher().name };
}

const pairings = [STOCK_PAIRING, ...OUR_PAIRINGS.filter(({ client }) => client.ours)];

describe.each(pairings)("$name", ({ server, client: kind }) => {
  describe.each(["polling", "websocket"])("over %s", (transport) => {
    let http: HttpPort;
    let io: Server;
    let client: Socket | undefined;

    async function serve(options: SecureOptions = {}): Promise<void> {
      http = await openHttpsPort({ ...serverIdentity, ...options });
      io = server.create(http.server);
    }

    afterEach(async () => {
      client?.disconnect();
      const closed = io.close();
      await http.close();
      await closed;
    });

    function open(options: object, url = http.url): Socket {
      const given = { transports: [transport], reconnection: false, forceNew: true, ...options };
      client = kind.connect(url, given);
      return client;
    }

    /** What the server sees of the connection, at its first request. */
    async function connection(options: object, url?: string): Promise<Seen> {
      const seen = new Promise<Seen>((resolve) => {
        io.engine.once("initial_headers", (_headers: unknown, request: any) => resolve(see(request.socket)));
      });
      const opened = open(options, url);
      const refused = new Promise<never>((_resolve, reject) => opened.once("connect_error", reject));
      await Promise.race([nextEvent(opened, "connect"), refused]);
      return seen;
    }

    /** What the client says of a connection that does not come about. */
    async function refusal(options: object, url?: string): Promise<any> {
      const [error] = await nextEvent<[any]>(open(options, url), "connect_error");
      return error;
    }

    const failed = {
      type: "TransportError",
      message: transport === "polling" ? "xhr poll error" : "websocket error",
    };

    it("refuses a server that nobody vouches for", async () => {
      await serve();
      expect(await refusal({})).toMatchObject(failed);
      // CVE-2016-10536: null was taken for false.
      for (const rejectUnauthorized of [true, null, undefined]) {
        expect(await refusal({ rejectUnauthorized })).toMatchObject(failed);
      }
      expect(await refusal({ ca: clientIdentity.cert })).toMatchObject(failed);
    });

    it("takes it with rejectUnauthorized: false, whatever its name", async () => {
      await serve();
      const unchecked = { rejectUnauthorized: false };
      expect((await connection(unchecked)).encrypted).toBe(true);
      expect((await connection(unchecked, http.url.replace("localhost", "127.0.0.1"))).encrypted).toBe(true);
    });

    it.each<[string, unknown]>([
      ["bytes", authority],
      ["text", authority.toString()],
      ["one of a list", [clientIdentity.cert, authority]],
    ])("takes it with the authority in ca, as %s", async (_form, ca) => {
      await serve();
      expect((await connection({ ca })).encrypted).toBe(true);
      expect((await connection({ ca }, http.url.replace("https", "wss"))).encrypted).toBe(true);
    });

    it("refuses it under another name", async () => {
      await serve();
      const address = http.url.replace("localhost", "127.0.0.1");
      expect(await refusal({ ca: authority }, address)).toMatchObject(failed);
    });

    it.each<[string, object]>([
      ["key and cert", { key: clientIdentity.key, cert: clientIdentity.cert }],
      [
        "an encrypted key, its passphrase and cert",
        {
          key: clientIdentity.encryptedKey,
          passphrase: clientIdentity.passphrase,
          cert: clientIdentity.cert,
        },
      ],
      ["pfx and its passphrase", { pfx: clientIdentity.pfx, passphrase: clientIdentity.passphrase }],
    ])("shows its own certificate with %s", async (_form, identity) => {
      await serve({ requestCert: true, ca: authority });
      expect((await connection({ ca: authority, ...identity })).name).toBe("Ada");
    });

    it("is refused without a certificate where the server asks for one", async () => {
      await serve({ requestCert: true, rejectUnauthorized: true, ca: authority });
      expect(await refusal({ ca: authority })).toMatchObject(failed);
    });

    it("offers the ciphers that it may use", async () => {
      await serve({ maxVersion: "TLSv1.2" });
      for (const ciphers of ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"]) {
        expect((await connection({ ca: authority, ciphers })).cipher).toBe(ciphers);
      }
    });

    it("may have an option for this transport alone", async () => {
      await serve();
      const transportOptions = { [transport]: { ca: authority } };
      expect((await connection({ transportOptions })).encrypted).toBe(true);
    });

    // The stock client's requests do not pass it on.
    if (kind.ours || transport === "websocket") {
      it("lets checkServerIdentity decide whether the name is right", async () => {
        await serve();
        const asked: string[] = [];
        const address = http.url.replace("localhost", "127.0.0.1");
        const accept = (hostname: string): undefined => void asked.push(hostname);
        expect((await connection({ ca: authority, checkServerIdentity: accept }, address)).encrypted).toBe(
          true,
        );
        expect(new Set(asked)).toEqual(new Set(["127.0.0.1"]));
        const refuse = (): Error => new Error("not this one");
        const error = await refusal({ ca: authority, checkServerIdentity: refuse });
        expect(error).toMatchObject(failed);
        if (kind.ours && transport === "polling") expect(error.cause.message).toBe("not this one");
        else expect(error.description.message).toBe("not this one");
      });
    }
  });
});
