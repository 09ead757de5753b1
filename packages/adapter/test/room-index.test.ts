import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forEachSelected, type Room, RoomIndex, type SocketId } from "../src/index.ts";
import { NaiveRooms } from "./naive-rooms.ts";

interface World {
  index: RoomIndex;
  naive: NaiveRooms;
}

const anySocket = fc.constantFrom("s1", "s2", "s3", "s4");
const anyRoom = fc.constantFrom("a", "b", "c", "d", "__proto__");
const anyRooms = fc.uniqueArray(anyRoom, { maxLength: 3 });

/** The same as the naive model says, key by key. */
function asObject(map: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string[]> {
  return Object.fromEntries([...map].map(([key, values]) => [key, [...values].toSorted()]));
}

function compare({ index, naive }: World): void {
  expect(asObject(index.rooms)).toEqual(naive.rooms);
  expect(asObject(index.sids)).toEqual(naive.sids);
}

function selected(index: RoomIndex, rooms: readonly Room[], except?: readonly Room[]): SocketId[] {
  const ids: SocketId[] = [];
  const options =
    except === undefined ? { rooms: new Set(rooms) } : { rooms: new Set(rooms), except: new Set(except) };
  forEachSelected(index, options, (id) => ids.push(id));
  return ids;
}

class Add implements fc.Command<World, World> {
  readonly id: SocketId;
  readonly room: Room;
  constructor(id: SocketId, room: Room) {
    this.id = id;
    this.room = room;
  }
  check = (): boolean => true;
  run(_model: World, world: World): void {
    expect(world.index.add(this.id, this.room)).toBe(world.naive.add(this.id, this.room));
    compare(world);
  }
  toString = (): string => `add(${this.id}, ${this.room})`;
}

class Remove implements fc.Command<World, World> {
  readonly id: SocketId;
  readonly room: Room;
  constructor(id: SocketId, room: Room) {
    this.id = id;
    this.room = room;
  }
  check = (): boolean => true;
  run(_model: World, world: World): void {
    expect(world.index.remove(this.id, this.room)).toBe(world.naive.remove(this.id, this.room));
    compare(world);
  }
  toString = (): string => `remove(${this.id}, ${this.room})`;
}

class Register implements fc.Command<World, World> {
  readonly id: SocketId;
  constructor(id: SocketId) {
    this.id = id;
  }
  check = (): boolean => true;
  run(_model: World, world: World): void {
    world.index.register(this.id);
    world.naive.register(this.id);
    compare(world);
  }
  toString = (): string => `register(${this.id})`;
}

class Select implements fc.Command<World, World> {
  readonly rooms: Room[];
  readonly except: Room[];
  constructor(rooms: Room[], except: Room[]) {
    this.rooms = rooms;
    this.except = except;
  }
  check = (): boolean => true;
  run(_model: World, { index, naive }: World): void {
    const ids = selected(index, this.rooms, this.except);
    expect(ids.toSorted()).toEqual(naive.select(this.rooms, this.except));
  }
  toString = (): string => `select([${this.rooms.join()}], [${this.except.join()}])`;
}

describe("RoomIndex", () => {
  it("always says the same as a plain list of who is where", () => {
    const commands = fc.commands([
      fc.tuple(anySocket, anyRoom).map(([id, room]) => new Add(id, room)),
      fc.tuple(anySocket, anyRoom).map(([id, room]) => new Remove(id, room)),
      anySocket.map((id) => new Register(id)),
      fc.tuple(anyRooms, anyRooms).map(([rooms, except]) => new Select(rooms, except)),
    ]);
    fc.assert(
      fc.property(commands, (steps) => {
        const world = { index: new RoomIndex(), naive: new NaiveRooms() };
        fc.modelRun(() => ({ model: world, real: world }), steps);
      }),
    );
  });

  it("knows a socket that is in no room", () => {
    const index = new RoomIndex();
    index.register("s1");
    expect(asObject(index.sids)).toEqual({ s1: [] });
    expect(index.rooms.size).toBe(0);
  });

  it("forgets a socket", () => {
    const index = new RoomIndex();
    index.add("s1", "a");
    index.remove("s1", "a");
    index.unregister("s1");
    expect(index.sids.size).toBe(0);
    expect(index.rooms.size).toBe(0);
  });
});

describe("forEachSelected", () => {
  /** s1: a · s2: a, b · s3: b · s4: no room */
  function setUp(): RoomIndex {
    const index = new RoomIndex();
    index.add("s1", "a");
    index.add("s2", "a");
    index.add("s2", "b");
    index.add("s3", "b");
    index.register("s4");
    return index;
  }

  it("selects all sockets when no room is named, those without a room too", () => {
    expect(selected(setUp(), [])).toEqual(["s1", "s2", "s3", "s4"]);
  });

  it("selects the members of any of the rooms, each once", () => {
    expect(selected(setUp(), ["a", "b"])).toEqual(["s1", "s2", "s3"]);
  });

  it("lets an exception win over a room", () => {
    expect(selected(setUp(), ["a"], ["b"])).toEqual(["s1"]);
    expect(selected(setUp(), ["a"], ["a"])).toEqual([]);
    expect(selected(setUp(), [], ["a", "b"])).toEqual(["s4"]);
  });

  it("selects nobody in rooms that are not there", () => {
    expect(selected(setUp(), ["nowhere"])).toEqual([]);
    expect(selected(setUp(), ["nowhere", "neither"])).toEqual([]);
    expect(selected(setUp(), ["a"], ["nowhere"])).toEqual(["s1", "s2"]);
  });
});
