import { type EventPacket, PacketType } from "@telsiz/parser";
import { describe, expect, it } from "vitest";
import { SessionToken } from "../src/session-token.ts";

const event = (data: [string, ...unknown[]], id?: number): EventPacket => ({
  type: PacketType.EVENT,
  nsp: "/",
  data,
  id,
});

/** A token after a server whose every event ends with an offset let the client in. */
function marked(): SessionToken {
  const token = new SessionToken();
  token.onConnect({ sid: "s", pid: "p", offset: "o0" });
  return token;
}

/** A token after Socket.IO's server let the client in: it sends no offset with its answer. */
function unmarked(): SessionToken {
  const token = new SessionToken();
  token.onConnect({ sid: "s", pid: "p" });
  return token;
}

describe("a session token", () => {
  it("adds nothing to the first request", () => {
    const auth = { token: "abc" };
    expect(new SessionToken().withCredentials(auth)).toBe(auth);
    expect(new SessionToken().withCredentials(undefined)).toBeUndefined();
  });

  it("adds nothing for a server that recovers no sessions, and takes nothing off its events", () => {
    const token = new SessionToken();
    expect(token.onConnect({ sid: "s" })).toBe(false);
    const packet = event(["greet", "Ada"]);
    expect(token.onEvent(packet)).toBe(packet.data);
    expect(token.withCredentials(undefined)).toBeUndefined();
  });

  it("asks for the session, ahead of what the application gives, which wins", () => {
    const token = marked();
    expect(JSON.stringify(token.withCredentials({ user: "Ada" }))).toBe(
      '{"pid":"p","offset":"o0","user":"Ada"}',
    );
    expect(token.withCredentials({ offset: "mine" })).toEqual({ pid: "p", offset: "mine" });
  });

  it("says that the session is recovered if it is the one from before", () => {
    const token = new SessionToken();
    expect(token.onConnect({ sid: "s", pid: "p" })).toBe(false);
    expect(token.onConnect({ sid: "s", pid: "p" })).toBe(true);
    expect(token.onConnect({ sid: "s", pid: "q" })).toBe(false);
    expect(token.onConnect({ sid: "s", pid: 7 })).toBe(false);
    expect(token.onConnect({ sid: "s", pid: 7 })).toBe(false);
  });

  it("takes the offset off events, and asks for the session from there on", () => {
    const token = marked();
    expect(token.onEvent(event(["greet", "Ada", "o1"]))).toEqual(["greet", "Ada"]);
    expect(token.onEvent(event(["empty", "o2"]))).toEqual(["empty"]);
    expect(token.withCredentials(undefined)).toEqual({ pid: "p", offset: "o2" });
  });

  it.each([
    ["asks for an acknowledgement", event(["ask", "Ada"], 7)],
    ["does not end with a text", event(["count", 7])],
  ])("takes nothing off an event that %s", (_what, packet) => {
    const token = marked();
    expect(token.onEvent(packet)).toBe(packet.data);
    expect(token.withCredentials(undefined)).toEqual({ pid: "p", offset: "o0" });
  });

  it("leaves the events of Socket.IO's server whole, whose last argument may be the user's, and remembers it", () => {
    const token = unmarked();
    expect(token.withCredentials(undefined)).toEqual({ pid: "p" });
    expect(token.onEvent(event(["greet", "Ada", "o1"]))).toEqual(["greet", "Ada", "o1"]);
    expect(token.withCredentials(undefined)).toEqual({ pid: "p", offset: "o1" });
  });

  it("keeps the offset of Socket.IO's server with the session, and not beyond it", () => {
    const token = unmarked();
    token.onEvent(event(["greet", "o1"]));
    token.onConnect({ sid: "s", pid: "p" });
    expect(token.withCredentials(undefined)).toEqual({ pid: "p", offset: "o1" });
    token.onConnect({ sid: "t", pid: "q" });
    expect(token.withCredentials(undefined)).toEqual({ pid: "q" });
  });

  it("forgets a session when it comes to a server that recovers none", () => {
    const token = marked();
    token.onConnect({ sid: "s" });
    expect(token.withCredentials(undefined)).toBeUndefined();
    expect(token.onEvent(event(["greet", "Ada"]))).toEqual(["greet", "Ada"]);
  });
});
