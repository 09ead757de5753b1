/**
 * Servers that say what no lawful server says, to our client: it becomes a connect_error or a disconnect with its
 * reason, nothing escapes to the process, attempts keep to the back-off, and a client beside it notices nothing.
 */
import type { ServerResponse } from "node:http";
import { nextEvent } from "@telsiz/testkit";
import { describe, expect, it } from "vitest";
import { CONNECT, HostileClientStage, OPEN, send, withHandshake } from "./hostile-client-stage.ts";

const stage = new HostileClientStage();
stage.useHooks();

const HANDSHAKES: readonly (readonly [string, string])[] = [
  ["is no JSON", "0{"],
  ["is empty", "0"],
  ["is null", "0null"],
  ["is a list", "0[]"],
  ["is a string", '0"sid"'],
  ["has no fields", "0{}"],
  ["has no sid", withHandshake({ sid: undefined })],
  ["has a number as sid", withHandshake({ sid: 7 })],
  ["has no upgrades", withHandshake({ upgrades: undefined })],
  ["has a string as upgrades", withHandshake({ upgrades: "websocket" })],
  ["has null as upgrades", withHandshake({ upgrades: null })],
  ["has no ping interval", withHandshake({ pingInterval: undefined })],
  ["has text as ping timeout", withHandshake({ pingTimeout: "soon" })],
];

describe.each(["websocket", "polling"] as const)("a handshake over %s", (transport) => {
  it.each(HANDSHAKES)("that %s is a connect_error", async (_what, handshake) => {
    if (transport === "websocket") await stage.speakFrames([handshake]);
    else await stage.answerPolls([send(handshake)]);
    const [error] = await nextEvent<[unknown]>(stage.connect([transport]), "connect_error");
    expect(error).toBeInstanceOf(Error);
    expect(stage.client!.connected).toBe(false);
  });

  it.each([
    ["negative", { pingInterval: -1, pingTimeout: -1 }],
    ["zero", { pingInterval: 0, pingTimeout: 0 }],
    ["endless", { pingInterval: 1e300, pingTimeout: 1e300 }],
  ])("with %s ping times neither ends nor spins the client at once", async (_what, change) => {
    if (transport === "websocket") await stage.speakFrames([withHandshake(change), CONNECT]);
    else await stage.answerPolls([send(withHandshake(change)), send(CONNECT), () => undefined]);
    const [outcome] = await stage.outcome(stage.connect([transport]));
    // Refused or clamped: both keep the client alive.
    expect(["connect", "connect_error"]).toContain(outcome);
  });
});

describe("frames of a server", () => {
  const bytes = Buffer.from([1]);
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

  it.each([
    ["an event without payload", ["42"], "parse error"],
    ["a CONNECT_ERROR without payload", ["44"], "parse error"],
    ["an acknowledgement without payload", ["430"], "parse error"],
    ["half of a JSON text", ['42["a"'], "parse error"],
    ["an unknown packet type", ["49"], "parse error"],
    ["a reserved event", ['42["disconnect"]'], "parse error"],
    ["an object as event name", ['42[{"toString":1}]'], "parse error"],
    ["an event nested 5,000 levels deep", [`42["a",${nested(5_000)}]`], "parse error"],
    ["eleven attachments", ['4511-["a"]'], "parse error"],
    ["text in place of an attachment", ['451-["a",{"_placeholder":true,"num":0}]', '42["a"]'], "parse error"],
    ["a placeholder out of range", ['451-["a",{"_placeholder":true,"num":9}]', bytes], "parse error"],
    ["bytes without a packet", [bytes], "parse error"],
    ["an unknown engine packet", ["9"], "transport error"],
    ["an empty frame", [""], "transport error"],
  ] as const)("disconnect the client at %s", async (_what, frames, reason) => {
    await stage.speakFrames([OPEN, CONNECT, ...frames]);
    const [actual, details] = await nextEvent<[string, unknown]>(stage.connect(["websocket"]), "disconnect");
    expect(actual).toBe(reason);
    expect(details).toBeInstanceOf(Error);
    expect([stage.client!.connected, stage.client!.active]).toEqual([false, true]);
  });

  it.each([
    ["a second open packet", OPEN],
    ["a close packet", "1"],
    ["an upgrade packet", "5"],
    ["a noop", "6"],
    ["a pong", "3"],
    ["an acknowledgement that nobody waits for", "4399[]"],
    ["an event of a namespace that the client has not joined", '42/other,["a"]'],
    ["a CONNECT_ERROR of a namespace that the client has not joined", '44/other,{"message":"x"}'],
    ["an event named like the prototype", '42["__proto__",{"__proto__":{"polluted":true}}]'],
    ["an event named like an inherited method", '42["toString"]'],
  ])("leave the client connected at %s", async (_what, frame) => {
    await stage.speakFrames([OPEN, CONNECT, frame, '42["last"]']);
    await nextEvent(stage.connect(["websocket"]), "last");
    expect(stage.client!.connected).toBe(true);
    expect(({} as any).polluted).toBeUndefined();
  });

  it("refuse the client at a CONNECT_ERROR of every shape", async () => {
    for (const payload of ['"text"', "{}", '{"message":7}', '{"message":null,"data":1}']) {
      await stage.speakFrames([OPEN, `44${payload}`]);
      const [error] = await nextEvent<[unknown]>(stage.connect(["websocket"]), "connect_error");
      expect(error).toBeInstanceOf(Error);
      await stage.hostile.close();
    }
  });

  it.each([
    ["a list", "40[]"],
    ["null", "40null"],
    ["a text", '40"sid"'],
    ["half of a JSON text", '40{"sid"'],
    ["a CONNECT_ERROR without payload", "44"],
    ["an acknowledgement without payload", "430"],
    ["bytes", bytes],
  ])("disconnect a client that was told %s in place of a CONNECT", async (_what, frame) => {
    for (const transport of ["websocket", "polling"] as const) {
      if (transport === "websocket") await stage.speakFrames([OPEN, frame]);
      else await stage.answerPolls([send(OPEN), send(typeof frame === "string" ? frame : "bAQ==")]);
      expect(await stage.outcome(stage.connect([transport]))).toEqual(["disconnect", "parse error"]);
      expect([stage.client!.connected, stage.client!.active]).toEqual([false, true]);
      stage.client!.disconnect();
      await stage.hostile.close();
    }
  });

  it.each([
    ["an empty id", '40{"sid":""}'],
    ["a number as id", '40{"sid":7}'],
    ["no id", "40{}"],
  ])("refuse a client that was given %s", async (_what, frame) => {
    await stage.speakFrames([OPEN, frame]);
    const [event, error] = await stage.outcome(stage.connect(["websocket"]));
    expect([event, error]).toEqual(["connect_error", expect.any(Error)]);
  });

  it("end a client that is sent away before it was let in", async () => {
    await stage.speakFrames([OPEN, "41"]);
    expect(await stage.outcome(stage.connect(["websocket"]))).toEqual(["disconnect", "io server disconnect"]);
    expect(stage.client!.active).toBe(false);
  });

  it.each([
    ["noops", "6"],
    ["pings", "2"],
    ["pongs", "3"],
    ["acknowledgements that nobody waits for", "4399[]"],
    ["events of a namespace that nobody joined", '42/other,["a"]'],
  ])("leave the client connected at a flood of %s, over both transports", async (_what, frame) => {
    const flood = Array.from({ length: 500 }, () => frame);
    await stage.speakFrames([OPEN, CONNECT, ...flood, '42["last"]']);
    await nextEvent(stage.connect(["websocket"]), "last");
    stage.client!.disconnect();
    await stage.hostile.close();
    await stage.answerPolls([
      send(OPEN),
      send(CONNECT),
      send([...flood, '42["last"]'].join("\x1e")),
      () => undefined,
    ]);
    await nextEvent(stage.connect(["polling"]), "last");
    expect(stage.client!.connected).toBe(true);
  });

  it("tell the client of a server of version 2 what is wrong", async () => {
    await stage.speakFrames([OPEN, "40"]);
    const [error] = await nextEvent<[Error]>(stage.connect(["websocket"]), "connect_error");
    expect(error.message).toMatch(/Socket\.IO 2/);
  });
});

describe("answers to a polling client", () => {
  it.each([
    ["an error status", [send("oops", 500)]],
    ["an empty body", [send("")]],
    ["a web page", [send("<html></html>", 200, { "content-type": "text/html" })]],
    ["a redirect", [send("", 302, { location: "/elsewhere" })]],
    ["bytes that are no text", [send(Buffer.from([0xff, 0xfe, 0x00]))]],
    ["a body in an encoding that it is not in", [send("0{}", 200, { "content-encoding": "gzip" })]],
    ["a cut connection", [(response: ServerResponse) => response.destroy()]],
    [
      "a connection cut within the body",
      [
        (response: ServerResponse) => {
          response.writeHead(200, { "content-length": "1000" });
          response.write("0{");
          setImmediate(() => response.destroy());
        },
      ],
    ],
  ])("fail the attempt at %s", async (_what, answers) => {
    await stage.answerPolls(answers);
    const [error] = await nextEvent<[unknown]>(stage.connect(["polling"]), "connect_error");
    expect(error).toBeInstanceOf(Error);
  });

  it.each([
    ["a packet of unknown type", send("9")],
    ["an empty body", send("")],
    ["an empty packet", send('42["a"]\x1e')],
    ["an error status", send("gone", 500)],
    ["a session that is not known", send('{"code":1,"message":"Session ID unknown"}', 400)],
    ["the close packet", send("1")],
    ["half of a JSON text", send('42["a"')],
    ["a cut connection", (response: ServerResponse) => response.destroy()],
  ])("disconnect the client at %s", async (_what, answer) => {
    await stage.answerPolls([send(OPEN), send(CONNECT), answer]);
    const [reason] = await nextEvent<[string]>(stage.connect(["polling"]), "disconnect");
    expect(["transport error", "transport close", "parse error"]).toContain(reason);
  });
});
