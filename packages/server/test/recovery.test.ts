import { type Packet, PacketType } from "@telsiz/parser";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ConnectionStateRecoveryOptions,
  type HandlerErrorContext,
  OptionError,
  Server,
  type ServerOptions,
  type Socket,
} from "../src/index.ts";
import { FakeSession } from "./fake-session.ts";

const AWAY_MS = 120_000;

let io: Server;
let failures: { error: unknown; context: HandlerErrorContext<Socket> }[];
let sockets: Socket[];

beforeEach(() => {
  vi.useFakeTimers();
  use({});
});

afterEach(() => {
  vi.useRealTimers();
});

/** Begins anew with other options. */
function use(recovery: ConnectionStateRecoveryOptions): void {
  io = new Server({ connectionStateRecovery: recovery });
  failures = [];
  sockets = [];
  io.on("handler_error", (error, context) => failures.push({ error, context }));
  io.on("connection", (socket) => sockets.push(socket));
}

interface Token {
  pid?: string;
  offset?: string;
}

/** The other end: it remembers what a client remembers (protocol.md B.5). */
class Client {
  readonly token: Token = {};
  readonly nsp: string;
  session!: FakeSession;
  /** What it was told at its latest connection. */
  answer: Packet | undefined;
  recovered = false;
  sid: string | undefined;

  constructor(nsp = "/") {
    this.nsp = nsp;
    this.connect();
  }

  /** Connects, for the first time or again. @returns the events that came ahead of the answer */
  connect(auth: object = {}, session: FakeSession = new FakeSession(io)): unknown[][] {
    this.session = session;
    this.session.connect(this.nsp, { ...this.token, ...auth });
    return this.receive();
  }

  /** Takes what has come. @returns the events, without their offsets */
  receive(): unknown[][] {
    return this.session.take().flatMap((packet) => {
      if (packet.type === PacketType.EVENT) return [this.take(packet.data, packet.id)];
      this.answer = packet;
      if (packet.type === PacketType.CONNECT) this.onConnect(packet.data as { sid: string; pid: string });
      return [];
    });
  }

  lose(): void {
    this.session.lose();
  }

  get socket(): Socket {
    return io.of(this.nsp).sockets.get(this.sid!)!;
  }

  private onConnect({ sid, pid }: { sid: string; pid: string }): void {
    this.recovered = pid === this.token.pid;
    this.sid = sid;
    this.token.pid = pid;
  }

  private take(data: readonly unknown[], id: number | undefined): unknown[] {
    if (id !== undefined) return [...data];
    this.token.offset = data.at(-1) as string;
    return data.slice(0, -1);
  }
}

/** A middleware that is done when the test says so. */
function hold(nsp = "/"): ((error?: Error) => void)[] {
  const nexts: ((error?: Error) => void)[] = [];
  io.of(nsp).use((_socket, next) => {
    nexts.push(next);
  });
  return nexts;
}

const refusal = (message: string): object => ({
  type: PacketType.CONNECT_ERROR,
  nsp: "/",
  data: { message },
});

describe("a server with connection state recovery", () => {
  it("gives a client the id of its session, and the offset at which it begins", () => {
    const session = new FakeSession(io);
    session.connect();
    const [answer] = session.take();
    const { pid, offset, ...rest } = (answer as { data: Record<string, string> }).data;
    expect(rest).toEqual({ sid: sockets[0]!.id, received: 0 });
    expect(pid).toMatch(/^[\w-]{20}$/);
    expect(pid).not.toBe(sockets[0]!.id);
    expect(offset).toMatch(/^[\w-]{20}\.0$/);
  });

  it.each([
    ["an event", (socket: Socket) => socket.emit("greet", "Ada")],
    ["a broadcast", () => io.emit("greet", "Ada")],
    ["an event to a room", (socket: Socket) => io.to(socket.id).emit("greet", "Ada")],
    ["a volatile event", (socket: Socket) => socket.volatile.emit("greet", "Ada")],
    ["a volatile broadcast", () => io.volatile.emit("greet", "Ada")],
    ["`send`", (socket: Socket) => socket.send("Ada")],
  ])("puts an offset behind the arguments of %s", (_what, emit) => {
    const client = new Client();
    const outgoing = vi.fn();
    client.socket.onAnyOutgoing(outgoing);
    emit(client.socket);
    const [data] = client.session.takeEvents();
    expect(data!.slice(1)).toEqual(["Ada", expect.stringMatching(/^[\w-]{20}\.[0-9a-z]+$/)]);
    expect(outgoing).toHaveBeenCalledExactlyOnceWith(data![0], "Ada");
  });

  it("puts none behind those of an event that asks for an acknowledgement", () => {
    const client = new Client();
    client.socket.emit("ask", "Ada", () => undefined);
    expect(client.session.takeEvents()).toEqual([["ask", "Ada"]]);
  });

  it("does nothing of that without the option", () => {
    io = new Server();
    const session = new FakeSession(io);
    const socket = session.join();
    socket.emit("greet", "Ada");
    expect(session.takeEvents()).toEqual([["greet", "Ada"]]);
    const again = new FakeSession(io);
    again.connect("/", { pid: "p", offset: "o" });
    expect(again.take()).toMatchObject([{ type: PacketType.CONNECT, data: { sid: expect.any(String) } }]);
  });

  it.each([
    ["connectionStateRecovery", true],
    ["connectionStateRecovery", null],
    ["maxDisconnectionDuration", { maxDisconnectionDuration: -1 }],
    ["skipMiddlewares", { skipMiddlewares: "yes" }],
    ["maxPackets", { maxPackets: "10" }],
    ["maxBytes", { maxBytes: Number.NaN }],
  ])("refuses a wrong %s: %j", (name, connectionStateRecovery) => {
    const options = { connectionStateRecovery } as ServerOptions;
    expect(() => new Server(options)).toThrow(OptionError);
    expect(() => new Server(options)).toThrow(new RegExp(name));
  });

  it("takes undefined options for their defaults", () => {
    use({ maxPackets: undefined, maxDisconnectionDuration: undefined } as object);
    const client = new Client();
    client.lose();
    for (let n = 0; n < 10_001; n++) io.emit("n", n);
    client.connect();
    expect(client.recovered).toBe(false);
  });
});

describe("a client that comes back", () => {
  it("has its id, data and rooms again, and what it missed ahead of the answer", () => {
    const client = new Client();
    const { sid, socket } = client;
    void socket.join("room");
    socket.data.name = "Ada";
    socket.emit("one");
    client.receive();
    client.lose();
    io.to("room").emit("two", 2);
    socket.emit("three");
    expect(client.connect()).toEqual([["two", 2], ["three"]]);
    expect(client.recovered).toBe(true);
    expect(client.sid).toBe(sid);
    expect(client.socket).not.toBe(socket);
    expect(client.socket.recovered).toBe(true);
    expect(client.socket.data).toEqual({ name: "Ada" });
    expect([...client.socket.rooms]).toEqual([sid, "room"]);
    expect(sockets.map(({ recovered }) => recovered)).toEqual([false, true]);
  });

  it("is reached by what is sent from then on", () => {
    const client = new Client();
    void client.socket.join("room");
    client.lose();
    client.connect();
    io.to("room").emit("one");
    client.socket.emit("two");
    expect(client.receive()).toEqual([["one"], ["two"]]);
  });

  it("is recovered although it got no event, or only such with acknowledgement", () => {
    const client = new Client();
    client.socket.emit("ask", () => undefined);
    client.receive();
    expect(client.token.offset).toBeUndefined();
    client.lose();
    io.emit("missed");
    expect(client.connect()).toEqual([["missed"]]);
    expect(client.recovered).toBe(true);
  });

  it("is recovered although the last event was volatile and ended with a text", () => {
    const client = new Client();
    io.volatile.emit("pos", "somewhere");
    expect(client.receive()).toEqual([["pos", "somewhere"]]);
    client.lose();
    io.emit("missed", "text");
    expect(client.connect()).toEqual([["missed", "text"]]);
    expect(client.recovered).toBe(true);
  });

  it("gets binary events again", () => {
    const client = new Client();
    client.lose();
    io.emit("file", Buffer.from([1, 2]));
    expect(client.connect()).toEqual([["file", Buffer.from([1, 2])]]);
  });

  it("gets what was on its way when the connection was lost", () => {
    const client = new Client();
    io.emit("got");
    client.receive();
    io.emit("on its way");
    client.lose();
    expect(client.connect()).toEqual([["on its way"]]);
  });

  it("gets what it missed once more if that was lost on its way, too", () => {
    const client = new Client();
    client.lose();
    io.emit("missed");
    const { token } = client;
    const lostOnTheWay = new FakeSession(io);
    lostOnTheWay.connect("/", token);
    lostOnTheWay.lose();
    io.emit("missed, too");
    expect(client.connect()).toEqual([["missed"], ["missed, too"]]);
    expect(client.recovered).toBe(true);
  });

  it("does not trouble listeners for outgoing events, which have heard of them, with what it missed", () => {
    const outgoing = vi.fn();
    io.use((socket, next) => {
      socket.onAnyOutgoing(outgoing);
      next();
    });
    const client = new Client();
    client.lose();
    io.emit("missed");
    expect(client.connect()).toEqual([["missed"]]);
    expect(outgoing).not.toHaveBeenCalled();
  });

  it("has what `disconnecting` listeners leave it", () => {
    const client = new Client();
    void client.socket.join(["a", "b"]);
    client.socket.on("disconnecting", () => {
      void sockets[0]!.leave("a");
      sockets[0]!.emit("farewell");
    });
    client.lose();
    expect(client.connect()).toEqual([["farewell"]]);
    expect([...client.socket.rooms]).toEqual([client.sid, "b"]);
  });

  it.each(["transport close", "transport error", "ping timeout"] as const)(
    "is recovered after a %s",
    (reason) => {
      const client = new Client();
      client.session.lose(reason);
      client.connect();
      expect(client.recovered).toBe(true);
    },
  );

  it.each([
    ["left by itself", (client: Client) => client.session.send({ type: PacketType.DISCONNECT, nsp: "/" })],
    ["was disconnected", (client: Client) => client.socket.disconnect()],
    ["was disconnected with its connection", (client: Client) => client.socket.disconnect(true)],
    ["was selected to be disconnected", () => io.disconnectSockets(true)],
  ])("is not recovered if it %s", (_what, end) => {
    const client = new Client();
    const { sid } = client;
    client.socket.data.name = "Ada";
    end(client);
    client.lose();
    io.emit("missed");
    expect(client.connect()).toEqual([]);
    expect(client.recovered).toBe(false);
    expect(client.sid).not.toBe(sid);
    expect(client.socket.data).toEqual({});
    expect([...client.socket.rooms]).toEqual([client.sid]);
  });

  it("is not recovered after too long a time", () => {
    const client = new Client();
    client.lose();
    vi.advanceTimersByTime(AWAY_MS);
    client.connect();
    expect(client.recovered).toBe(false);
    expect(sockets[1]!.recovered).toBe(false);
  });

  it("is not recovered if something that it may have missed was forgotten, and is a new client then", () => {
    use({ maxPackets: 3 });
    const client = new Client();
    const { sid } = client;
    void client.socket.join("room");
    client.socket.data.name = "Ada";
    client.lose();
    for (let n = 0; n < 4; n++) io.emit("n", n);
    expect(client.connect()).toEqual([]);
    expect(client.recovered).toBe(false);
    expect(client.sid).not.toBe(sid);
    expect(client.socket.data).toEqual({});
    expect([...client.socket.rooms]).toEqual([client.sid]);
  });

  it("is recovered after a long silence, in which others were sent more than is kept", () => {
    use({ maxPackets: 3 });
    const client = new Client();
    client.socket.emit("last");
    client.receive();
    for (let n = 0; n < 10; n++) io.to("others").emit("n", n);
    client.lose();
    expect(client.connect()).toEqual([]);
    expect(client.recovered).toBe(true);
  });

  it.each([
    ["of nobody", { pid: "nobody" }],
    ["that is no text", { pid: 7 }],
    ["with an offset that is no text", { offset: 7 }],
    ["with an offset of another server run", { offset: "AAAAAAAAAAAAAAAAAAAA.0" }],
    ["with an offset that a user wrote", { offset: "somewhere" }],
    ["with an endless offset", { offset: "a".repeat(100_000) }],
  ])("is not recovered with a pid %s", (_what, auth) => {
    const client = new Client();
    const { sid } = client;
    client.lose();
    io.emit("missed");
    expect(client.connect(auth)).toEqual([]);
    expect(client.recovered).toBe(false);
    expect(client.sid).not.toBe(sid);
  });

  it("is recovered in each namespace by itself", () => {
    io.of("/chat");
    const main = new Client();
    const chat = new Client("/chat");
    main.lose();
    chat.lose();
    io.emit("in main");
    io.of("/chat").emit("in chat");
    const shared = new FakeSession(io);
    expect(main.connect({}, shared)).toEqual([["in main"]]);
    expect(chat.connect({}, shared)).toEqual([["in chat"]]);
    expect([main.recovered, chat.recovered]).toEqual([true, true]);
  });

  it("is not recovered in another namespace", () => {
    io.of("/chat");
    const client = new Client();
    client.lose();
    const session = new FakeSession(io);
    expect(session.join("/chat", client.token).recovered).toBe(false);
  });
});

describe("a client that comes back before its loss was noticed", () => {
  it("takes its session over, and the elder connection is closed", () => {
    const client = new Client();
    void client.socket.join("room");
    const { sid, session: elder } = client;
    const ended = vi.fn();
    client.socket.on("disconnect", ended);
    io.to("room").emit("on its way");
    expect(client.connect()).toEqual([["on its way"]]);
    expect(client.recovered).toBe(true);
    expect(client.sid).toBe(sid);
    expect(elder.readyState).toBe("closed");
    expect(ended).toHaveBeenCalledExactlyOnceWith("forced close", undefined);
    expect([...io.sockets.sockets.keys()]).toEqual([sid]);
  });

  it("does so over polling too, where closing would wait for a request", () => {
    const client = new Client();
    client.lose();
    client.connect({}, new FakeSession(io, { closesLater: true }));
    client.connect();
    expect(client.recovered).toBe(true);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("leaves one of several that come with the same id at once", () => {
    const client = new Client();
    client.lose();
    const sessions = [new FakeSession(io), new FakeSession(io), new FakeSession(io)];
    for (const session of sessions) session.connect("/", client.token);
    expect(sessions.map(({ readyState }) => readyState)).toEqual(["closed", "closed", "open"]);
    expect([...io.sockets.sockets.keys()]).toEqual([client.sid]);
  });

  it("is one of two that come at once and await a middleware: the other is a new client", () => {
    const nexts = hold();
    const first = new FakeSession(io);
    first.connect();
    nexts[0]!();
    const { sid, pid } = (first.take()[0] as { data: { sid: string; pid: string } }).data;
    first.lose();
    const rivals = [new FakeSession(io), new FakeSession(io)];
    for (const session of rivals) session.connect("/", { pid });
    for (const next of nexts.slice(1)) next();
    const answers = rivals.map((session) => (session.take()[0] as { data: { sid: string } }).data);
    expect(answers[0]).toMatchObject({ sid, pid });
    expect(answers[1]!.sid).not.toBe(sid);
    expect(io.sockets.sockets.size).toBe(2);
  });
});

describe("middlewares", () => {
  it("are passed by a client that comes back, so that one who is banned meanwhile stays out", () => {
    const banned = new Set<unknown>();
    io.use((socket, next) => {
      next(banned.has(socket.data.name) ? new Error("banned") : undefined);
    });
    const client = new Client();
    client.socket.data.name = "Eve";
    client.lose();
    io.emit("missed");
    banned.add("Eve");
    expect(client.connect()).toEqual([]);
    expect(client.answer).toEqual(refusal("banned"));
    expect(io.sockets.adapter.rooms.size).toBe(0);
    expect(sockets).toHaveLength(1);
  });

  it("that refuse do not end the session: who comes with a better token is recovered", () => {
    let token = "old";
    io.use((socket, next) => {
      next(socket.handshake.auth["token"] === token ? undefined : new Error("expired"));
    });
    const session = new FakeSession(io);
    session.connect("/", { token });
    const { pid } = (session.take()[0] as { data: { pid: string } }).data;
    session.lose();
    token = "new";
    io.emit("missed");
    const again = new FakeSession(io);
    again.connect("/", { pid, token: "old" });
    expect(again.take()).toEqual([refusal("expired")]);
    again.connect("/", { pid, token });
    expect(again.takeEvents().map(([name]) => name)).toEqual(["missed"]);
    expect(sockets[1]!.recovered).toBe(true);
  });

  it("that throw do not end it either", () => {
    let broken = false;
    io.use((_socket, next) => {
      if (broken) throw new Error("database");
      next();
    });
    const client = new Client();
    client.lose();
    broken = true;
    client.connect();
    expect(client.answer).toEqual(refusal("Internal error"));
    broken = false;
    client.connect();
    expect(client.recovered).toBe(true);
  });

  it("see id, data and rooms of the session, and can take the socket out of a room", () => {
    const seen: unknown[] = [];
    io.use((socket, next) => {
      seen.push([socket.recovered, socket.id, { ...socket.data }, [...socket.rooms].toSorted()]);
      void socket.leave("staff");
      void socket.join("all");
      next();
    });
    const client = new Client();
    const { sid } = client;
    void client.socket.join("staff");
    client.socket.data.name = "Ada";
    client.lose();
    io.to("staff").emit("before");
    client.connect();
    expect(seen[1]).toEqual([true, sid, { name: "Ada" }, [sid, "all", "staff"].toSorted()]);
    expect(client.socket.rooms).toEqual(new Set([sid, "all"]));
  });

  it("are skipped by a client that is recovered, if that is wanted, and by no other", () => {
    use({ skipMiddlewares: true, maxPackets: 3 });
    const middleware = vi.fn((_socket: Socket, next: () => void) => next());
    io.use(middleware);
    const client = new Client();
    expect(middleware).toHaveBeenCalledTimes(1);
    client.lose();
    client.connect();
    expect(client.recovered).toBe(true);
    expect(middleware).toHaveBeenCalledTimes(1);
    client.lose();
    for (let n = 0; n < 4; n++) io.emit("n", n);
    client.connect();
    expect(client.recovered).toBe(false);
    expect(middleware).toHaveBeenCalledTimes(2);
    client.connect({ pid: "nobody" });
    expect(middleware).toHaveBeenCalledTimes(3);
  });

  it("lose nothing of what is sent while they run, and double nothing", () => {
    const client = new Client();
    void client.socket.join("room");
    client.lose();
    io.to("room").emit("before");
    const nexts = hold();
    expect(client.connect()).toEqual([]);
    io.to("room").emit("meanwhile");
    io.to(client.sid!).emit("meanwhile, to it");
    nexts[0]!();
    io.to("room").emit("after");
    expect(client.receive()).toEqual([["before"], ["meanwhile"], ["meanwhile, to it"], ["after"]]);
  });

  it("can send to a client that is not recovered yet, which comes first, and spoil nothing", () => {
    io.use((socket, next) => {
      socket.emit("checking", "you");
      next();
    });
    const client = new Client();
    client.lose();
    io.emit("missed");
    expect(client.connect()).toEqual([["checking", "you"], ["missed"]]);
    client.lose();
    io.emit("again");
    expect(client.connect()).toEqual([["checking", "you"], ["again"]]);
    expect(client.recovered).toBe(true);
  });

  it("do not make a client miss what was sent before it was let in for the first time", () => {
    const nexts = hold();
    io.use((socket, next) => {
      socket.emit("welcome");
      next();
    });
    const session = new FakeSession(io);
    session.connect();
    io.emit("before it was let in");
    nexts[0]!();
    session.lose();
    const [welcome, answer] = session.take() as { data: { pid: string } & string[] }[];
    io.emit("missed");
    const again = new FakeSession(io);
    again.connect("/", { pid: answer!.data.pid, offset: welcome!.data.at(-1) });
    nexts[1]!();
    expect(again.takeEvents().map(([name]) => name)).toEqual(["welcome", "missed"]);
  });

  it("do not burn the session when the connection is lost while they run", () => {
    const client = new Client();
    void client.socket.join("room");
    client.lose();
    const nexts = hold();
    client.connect();
    client.lose();
    expect(io.sockets.adapter.rooms.size).toBe(0);
    io.to("room").emit("missed");
    client.connect();
    nexts[0]!(); // that of the connection that is gone
    expect(io.sockets.sockets.size).toBe(0);
    nexts[1]!();
    expect(client.receive()).toEqual([["missed"]]);
    expect(client.recovered).toBe(true);
    expect([...client.socket.rooms]).toEqual([client.sid, "room"]);
  });

  it("that wait for an acknowledgement are told when the connection is lost", async () => {
    const rejected = vi.fn();
    io.use((socket, next) => socket.emitWithAck("who?").then(() => next(), rejected));
    const session = new FakeSession(io);
    session.connect();
    session.lose();
    await vi.advanceTimersByTimeAsync(0);
    expect(rejected).toHaveBeenCalledOnce();
  });

  it("run again, for a new client, if something was forgotten while they ran", () => {
    use({ maxPackets: 3 });
    const client = new Client();
    const { sid } = client;
    void client.socket.join("room");
    client.lose();
    const nexts = hold();
    client.connect();
    for (let n = 0; n < 4; n++) io.emit("n", n);
    nexts[0]!();
    expect(nexts).toHaveLength(2);
    expect(client.session.take()).toEqual([]);
    nexts[1]!();
    client.receive();
    expect(client.recovered).toBe(false);
    expect(client.sid).not.toBe(sid);
    expect([...client.socket.rooms]).toEqual([client.sid]);
    expect(io.sockets.adapter.sids.size).toBe(1);
  });

  it("still let a second CONNECT close the connection then", () => {
    use({ maxPackets: 0 });
    const client = new Client();
    client.lose();
    const nexts = hold();
    client.connect();
    io.emit("one");
    nexts[0]!();
    client.session.connect();
    expect(client.session.readyState).toBe("closed");
  });
});

describe("listeners for outgoing events", () => {
  it("may send, and the offsets of what the client gets stay in order", () => {
    const client = new Client();
    let answered = false;
    client.socket.onAnyOutgoing(() => {
      if (answered) return;
      answered = true;
      io.emit("inner");
    });
    io.emit("outer");
    const offsets = client.session.takeEvents().map((data) => [data[0], String(data.at(-1)).split(".")[1]]);
    expect(offsets).toEqual([
      ["outer", "1"],
      ["inner", "2"],
    ]);
  });
});

describe("a server that closes", () => {
  it("leaves no timer and keeps no session", async () => {
    const client = new Client();
    const other = new Client();
    other.lose();
    await io.close();
    expect(vi.getTimerCount()).toBe(0);
    client.connect();
    expect(client.recovered).toBe(false);
  });

  it("recovers none of another server's clients", () => {
    const client = new Client();
    io.emit("one");
    client.receive();
    client.lose();
    use({});
    client.connect();
    expect(client.recovered).toBe(false);
  });
});
