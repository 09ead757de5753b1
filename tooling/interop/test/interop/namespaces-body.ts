/** Namespaces: several over one connection, static and made on demand. */
import { nextEvent, until } from "@telsiz/testkit";
import type { Socket as ServerSocket } from "socket.io";
import { expect, it } from "vitest";
import { record, roundTrip, settled } from "../../src/side.ts";
import { type Stage } from "../stage.ts";

/** Asserts that namespaces are apart from each other. */
export function namespacesTests(stage: Stage): void {
  const { connect, unconnected, connectVia } = stage;

  it("shares a connection between namespaces, with auth and middleware of their own", async () => {
    const admin = stage.io.of("/admin");
    admin.use((socket, next) => {
      socket.data.user = socket.handshake.auth["user"];
      next();
    });
    admin.use((_socket, next) => void Promise.resolve().then(() => next()));
    const { client, socket } = await connect();
    const joined = nextEvent<[ServerSocket]>(admin, "connection");
    const adminClient = client.io.socket("/admin", { auth: { user: "alice" } });
    const [adminSocket] = await joined;
    expect(adminSocket.handshake.auth).toEqual({ user: "alice" });
    expect(adminSocket.data).toEqual({ user: "alice" });
    expect(adminSocket.conn).toBe(socket.conn);
    expect(stage.io.engine.clientsCount).toBe(1);
    const logs = [record(client), record(adminClient)];
    await until(() => adminClient.connected, "the admin is connected");
    admin.emit("admins");
    stage.io.emit("everybody");
    await roundTrip(adminSocket, adminClient);
    await roundTrip(socket, client);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["everybody", "round trip"],
      ["admins", "round trip"],
    ]);
    const left = nextEvent(adminSocket, "disconnect");
    adminClient.disconnect();
    expect((await left)[0]).toBe("client namespace disconnect");
    await roundTrip(client, socket);
  });

  it("makes namespaces that clients ask for, where a pattern or a function accepts the name", async () => {
    const teams = stage.io.of(/^\/team-\d+$/);
    const clubs = stage.io.of((name, auth, next) => {
      setImmediate(next, null, name.startsWith("/club-") && auth["member"] === true);
    });
    clubs.use((socket, next) => {
      socket.data.club = socket.nsp.name;
      next();
    });
    const announced: string[] = [];
    stage.io.on("new_namespace", ({ name }) => announced.push(name));

    const [{ client, socket }, other] = [
      await connectVia(teams, "/team-1"),
      await connectVia(teams, "/team-2"),
    ];
    expect(socket.nsp.name).toBe("/team-1");
    await roundTrip(client, socket);
    const logs = [record(client), record(other.client)];
    teams.emit("all teams");
    stage.io.of("/team-2").emit("one team");
    await settled([{ client, socket }, other]);
    expect(logs.map((log) => log.map(([event]) => event))).toEqual([
      ["all teams"],
      ["all teams", "one team"],
    ]);

    const member = await connectVia(clubs, "/club-1", { auth: { member: true } });
    expect(member.socket.data).toEqual({ club: "/club-1" });
    await roundTrip(member.client, member.socket);
    const stranger = unconnected({ auth: { member: false } }, "/club-2");
    const [error] = await nextEvent<[Error]>(stranger, "connect_error");
    expect(error.message).toBe("Invalid namespace");
    expect(announced).toEqual(["/team-1", "/team-2", "/club-1"]);
  });
}
