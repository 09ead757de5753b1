/** What a contract does, without sockets. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  type Acknowledge,
  AckError,
  asEnvelope,
  type ContractDefinition,
  type ContractOptions,
  decodeAnswer,
  defineContract,
  encodeAnswer,
  type Gate,
  type GatedSocket,
  hasAbilities,
  InvalidAnswerError,
  type InvalidEventError,
  knowsEnvelopes,
  OptionError,
  type StandardResult,
  type StandardSchemaV1,
  type,
  withAbilities,
  withoutAbilities,
} from "../src/index.ts";
import { exceeded } from "../src/contract/measure.ts";
import { issuesOf } from "../src/contract/issues.ts";

type Validate = (value: unknown) => StandardResult<any> | Promise<StandardResult<any>>;

const schema = (validate: Validate): StandardSchemaV1<any, any> => ({
  "~standard": { version: 1, vendor: "test", validate },
});
const text = schema((value) =>
  typeof value === "string" ? { value } : { issues: [{ message: "no text" }] },
);
const maybe = schema((value) => ({ value: value ?? "default" }));

/** A validator whose checks a test decides. */
function deferred(): {
  validator: StandardSchemaV1<any, any>;
  decide: ((result: StandardResult<any>) => void)[];
} {
  const decide: ((result: StandardResult<any>) => void)[] = [];
  const validator = schema(() => new Promise<StandardResult<any>>((resolve) => decide.push(resolve)));
  return { validator, decide };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket whose gate is tried. */
class FakeSocket implements GatedSocket {
  _negotiated = true;
  readonly accepted: unknown[][] = [];
  readonly answers: [id: number, ...values: unknown[]][] = [];
  readonly invalid: InvalidEventError[] = [];
  readonly faults: [unknown, string][] = [];
  readonly gate: Gate;

  constructor(definition: ContractDefinition, options: ContractOptions = {}) {
    const contract = defineContract(definition);
    this.gate = contract._gate(contract._rules("server", options), this);
  }

  _accept(data: unknown[]): void {
    this.accepted.push(data);
  }

  _acknowledger(id: number, check?: (answer: unknown) => void): Acknowledge {
    return (...values) => {
      check?.(values[0]);
      this.answers.push([id, ...values]);
    };
  }

  _onInvalidEvent(error: InvalidEventError): void {
    this.invalid.push(error);
  }

  _onFault(error: unknown, event: string): void {
    this.faults.push([error, event]);
  }
}

describe("defineContract", () => {
  it("refuses what cannot be meant, and says where", () => {
    const refused = (definition: object): string => {
      try {
        defineContract(definition);
      } catch (error) {
        expect(error).toBeInstanceOf(OptionError);
        return (error as OptionError).option;
      }
      return "accepted";
    };
    expect(refused({ clientToServer: { say: { args: ["text"] } } })).toBe("clientToServer.say.args[0]");
    expect(refused({ clientToServer: { say: { args: [text, { "~standard": { version: 2 } }] } } })).toBe(
      "clientToServer.say.args[1]",
    );
    expect(refused({ serverToClient: { say: { ack: 7 } } })).toBe("serverToClient.say.ack");
    expect(refused({ serverToServer: { say: { ack: text, errors: { BUSY: null } } } })).toBe(
      "serverToServer.say.errors",
    );
    expect(refused({ serverToServer: { say: { ack: text, errors: { ODD: 1 } } } })).toBe(
      "serverToServer.say.errors.ODD",
    );
    expect(refused({ clientToServer: { say: { errors: { ODD: null } } } })).toBe("clientToServer.say.errors");
    expect(refused({ clientToServer: { disconnect: {} } })).toBe("clientToServer.disconnect");
    expect(refused({ auth: {} })).toBe("auth");
    expect(refused({ data: null })).toBe("data");
    expect(refused({ limits: { maxSize: -1 } })).toBe("maxSize");
    expect(refused({ clientToServer: { say: { limits: { maxDepth: "2" } } } })).toBe("maxDepth");
    expect(() => defineContract(null as never)).toThrow(OptionError);
  });

  it("takes names that objects have of themselves", () => {
    const contract = defineContract({
      clientToServer: { constructor: { ack: text, errors: { ODD: null } } },
    });
    expect(contract.isAckError("constructor", new AckError("ODD"))).toBe(true);
    const socket = new FakeSocket({ clientToServer: { toString: { args: text } } });
    socket.gate.receive(["constructor"], undefined);
    socket.gate.receive(["toString", "x"], undefined);
    expect(socket.invalid).toMatchObject([{ code: "UNKNOWN_EVENT", event: "constructor" }]);
    expect(socket.accepted).toEqual([["toString", "x"]]);
  });

  it("tells errors of an event from others", () => {
    const contract = defineContract({
      clientToServer: { say: { ack: text, errors: { ODD: null } }, other: {} },
    });
    expect(contract.isAckError("say", new AckError("ODD"))).toBe(true);
    expect(contract.isAckError("say", new AckError("INTERNAL"))).toBe(true);
    expect(contract.isAckError("other", new AckError("ODD"))).toBe(false);
    expect(contract.isAckError("say", { code: "ODD" })).toBe(false);
  });
});

describe("a gate", () => {
  it("passes what fits, as its validator makes it, with what was left out as undefined", () => {
    const socket = new FakeSocket({ clientToServer: { say: { args: [text, maybe, type<number>()] } } });
    socket.gate.receive(["say", "a"], undefined);
    socket.gate.receive(["say", "a", "b", 3], undefined);
    expect(socket.accepted).toEqual([
      ["say", "a", "default", undefined],
      ["say", "a", "b", 3],
    ]);
  });

  it("calls no validator of a type that only the compiler knows, and none when incoming events are not checked", () => {
    const validate = vi.fn<Validate>((value) => ({ value }));
    const definition = { clientToServer: { say: { args: [schema(validate)], ack: text } } };
    const socket = new FakeSocket(definition, { validate: { incoming: false } });
    socket.gate.receive(["say", 1, 2], undefined);
    expect(validate).not.toHaveBeenCalled();
    expect(socket.accepted).toEqual([["say", 1, expect.any(Function)]]);
  });

  it("answers with INTERNAL, and reports, when a validator throws or rejects", async () => {
    const bug = new Error("a bug");
    const throwing = schema(() => {
      throw bug;
    });
    const rejecting = schema(() => Promise.reject(bug));
    const socket = new FakeSocket({
      clientToServer: { throws: { args: [rejecting, throwing] }, rejects: { args: rejecting } },
    });
    socket.gate.receive(["throws"], 1);
    socket.gate.receive(["rejects"], 2);
    socket.gate.receive(["rejects"], undefined);
    await settled();
    expect(socket.answers).toMatchObject([
      [1, { code: "INTERNAL", message: "Internal error" }],
      [2, { code: "INTERNAL" }],
    ]);
    expect(socket.faults).toEqual([
      [bug, "throws"],
      [bug, "rejects"],
      [bug, "rejects"],
    ]);
    expect(socket.invalid).toEqual([]);
  });

  it("lets events wait for an asynchronous validator, and drops them when the socket disconnects", async () => {
    const { validator, decide } = deferred();
    const socket = new FakeSocket(
      { clientToServer: { slow: { args: validator }, fast: { args: text } } },
      { maxQueued: 2 },
    );
    socket.gate.receive(["slow", 1], undefined);
    socket.gate.receive(["fast", "a"], undefined);
    socket.gate.receive(["slow", 2], undefined);
    socket.gate.receive(["fast", "b"], 7);
    expect(socket.answers).toMatchObject([[7, { code: "BUSY" }]]);
    decide[0]!({ value: "one" });
    await settled();
    expect(socket.accepted).toEqual([
      ["slow", "one"],
      ["fast", "a"],
    ]);
    socket.gate.close();
    decide[1]!({ value: "two" });
    socket.gate.receive(["fast", "again"], undefined);
    await settled();
    expect(socket.accepted.slice(2)).toEqual([["fast", "again"]]);
  });

  it("tells what an answer comes to, also when its validator is asynchronous or fails", async () => {
    const { validator, decide } = deferred();
    const broken = schema(() => {
      throw new Error("a bug");
    });
    const socket = new FakeSocket({
      serverToClient: { ask: { ack: validator, errors: { ODD: text } }, fail: { ack: broken } },
    });
    const settle = vi.fn();
    socket.gate.answerTo("ask", settle)(null, ["yes"]);
    expect(settle).not.toHaveBeenCalled();
    decide[0]!({ value: "YES" });
    await settled();
    expect(settle).toHaveBeenLastCalledWith(null, ["YES"]);
    socket.gate.answerTo("ask", settle)(null, [{ $t: "error", code: "ODD", message: "odd", data: 1 }]);
    expect(settle.mock.lastCall?.[0]).toBeInstanceOf(InvalidAnswerError);
    socket.gate.answerTo("fail", settle)(null, ["x"]);
    expect(settle.mock.lastCall?.[0]).toBeInstanceOf(InvalidAnswerError);
    expect(socket.faults).toHaveLength(1);
    const gone = new Error("gone");
    socket.gate.answerTo("ask", settle)(gone, []);
    expect(settle).toHaveBeenLastCalledWith(gone, []);
    socket.gate.answerTo("unknown", settle)(null, [1, 2]);
    expect(settle).toHaveBeenLastCalledWith(null, [1, 2]);
  });

  it("leaves out undefined arguments at the end of what is sent, which JSON would make null", () => {
    const socket = new FakeSocket({ serverToClient: { say: { args: [maybe, maybe] } } });
    expect(socket.gate.prepare("say", [1, undefined])).toEqual([1]);
    expect(socket.gate.prepare("say", [undefined, undefined])).toEqual([]);
    expect(socket.gate.prepare("say", [undefined, 1])).toEqual([undefined, 1]);
    expect(socket.gate.prepare("unknown", [undefined])).toEqual([undefined]);
  });
});

describe("limits", () => {
  it("count each value, the length of texts and names, and the bytes of binary", () => {
    const exactly = (args: unknown[], size: number): void => {
      expect(exceeded(args, { maxSize: size })).toBeUndefined();
      expect(exceeded(args, { maxSize: size - 1 })).toBe("TOO_LARGE");
    };
    exactly([1, null, true], 3);
    exactly(["four"], 5);
    exactly([{ name: "Ada" }], 1 + 4 + 4);
    exactly([[1, [2]]], 4);
    exactly([new Uint8Array(10)], 11);
    exactly([new ArrayBuffer(10)], 11);
    exactly([new Blob(["12345"])], 6);
  });

  it("count levels of arrays and objects, and no recursion of a hostile value ends the stack", () => {
    expect(exceeded([1, "a"], { maxDepth: 0 })).toBeUndefined();
    expect(exceeded([[1]], { maxDepth: 0 })).toBe("TOO_DEEP");
    expect(exceeded([[1]], { maxDepth: 1 })).toBeUndefined();
    expect(exceeded([{ a: [{}] }], { maxDepth: 2 })).toBe("TOO_DEEP");
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(exceeded([deep], { maxSize: 1e9 })).toBeUndefined();
    expect(exceeded([deep], { maxDepth: 50_000 })).toBe("TOO_DEEP");
  });

  it("are checked before any validator sees the arguments, and nothing reaches the handler", () => {
    const validate = vi.fn<Validate>((value) => ({ value }));
    const socket = new FakeSocket({
      clientToServer: { say: { args: schema(validate) } },
      limits: { maxSize: 10, maxDepth: 1 },
    });
    socket.gate.receive(["say", "x".repeat(11)], undefined);
    socket.gate.receive(["say", [["x"]]], undefined);
    expect(socket.invalid.map(({ code }) => code)).toEqual(["TOO_LARGE", "TOO_DEEP"]);
    expect(validate).not.toHaveBeenCalled();
    expect(socket.accepted).toEqual([]);
    socket.gate.receive(["say", ["x"]], undefined);
    expect(validate).toHaveBeenCalledExactlyOnceWith(["x"]);
  });

  it("of an event take the place of those of the contract", () => {
    const socket = new FakeSocket({
      clientToServer: { small: { args: text }, large: { args: text, limits: { maxSize: 100 } } },
      limits: { maxSize: 3, maxDepth: 0 },
    });
    socket.gate.receive(["small", "four"], undefined);
    socket.gate.receive(["large", "four"], undefined);
    socket.gate.receive(["large", ["four"]], undefined);
    expect(socket.invalid.map(({ code }) => code)).toEqual(["TOO_LARGE", "TOO_DEEP"]);
    expect(socket.accepted).toEqual([["large", "four"]]);
  });
});

describe("issues", () => {
  it("are cut to what can be sent", () => {
    const issue = {
      message: "x".repeat(300),
      path: Array.from({ length: 30 }, () => ({ key: "k".repeat(300) })),
    };
    const issues = issuesOf(
      Array.from({ length: 30 }, () => issue),
      [2],
    );
    expect(issues).toHaveLength(20);
    expect(issues[0]!.message).toHaveLength(200);
    expect(issues[0]!.path).toHaveLength(16);
    expect(issues[0]!.path.slice(0, 2)).toEqual([2, "k".repeat(200)]);
    expect(issuesOf([{ message: "m", path: [Symbol("s"), 1] }])).toEqual([
      { path: ["Symbol(s)", 1], message: "m" },
    ]);
  });
});

describe("an answer on the wire", () => {
  it("comes back as it was, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, marked) => {
        const answer = marked ? { $t: value, value } : value;
        const sent: unknown = JSON.parse(JSON.stringify(encodeAnswer([answer], true)[0]));
        expect(decodeAnswer(sent)).toEqual(JSON.parse(JSON.stringify(answer)));
        expect(decodeAnswer(asEnvelope(answer))).toEqual(answer);
      }),
    );
  });

  it("is an error with its code, message, data and issues", () => {
    const error = new AckError("ODD", { a: 1 }, { message: "odd", issues: [{ path: [0], message: "m" }] });
    const decoded = decodeAnswer(JSON.parse(JSON.stringify(encodeAnswer([error], true)[0])));
    expect(decoded).toBeInstanceOf(AckError);
    expect(decoded).toEqual(error);
    expect(encodeAnswer([error], false)).toEqual([
      { error: { code: "ODD", message: "odd", data: { a: 1 }, issues: [{ path: [0], message: "m" }] } },
    ]);
  });

  it("is a value where the envelope is none of the two", () => {
    for (const value of [
      { $t: "error", code: 1, message: "m" },
      { $t: "error", code: "C" },
      { $t: "error", code: "C", message: "m", issues: [{}] },
      { $t: "value", value: 1 },
      { $t: "other" },
    ]) {
      expect(decodeAnswer(value)).toBe(value);
    }
  });
});

describe("what peers can do", () => {
  it("stands behind all that the application says", () => {
    expect(JSON.stringify(withAbilities({ token: "x" }))).toBe('{"token":"x","_t":{"v":1,"caps":["ack"]}}');
    expect(JSON.stringify(withAbilities(undefined))).toBe('{"_t":{"v":1,"caps":["ack"]}}');
    expect(withAbilities({ _t: "mine" })).toEqual({ _t: "mine" });
  });

  it("is taken out of the payload, unless it is the application's own", () => {
    expect(withoutAbilities({ token: "x", _t: { v: 1, caps: [] } })).toEqual({ token: "x" });
    for (const _t of ["mine", null, { v: "1", caps: [] }, { v: 1 }, { v: 1, caps: "ack" }]) {
      expect(withoutAbilities({ _t })).toEqual({ _t });
      expect(hasAbilities({ _t })).toBe(false);
    }
  });

  it("holds for version 1 alone, whatever else is named beside", () => {
    expect(knowsEnvelopes({ _t: { v: 1, caps: ["more", "ack", 7] } })).toBe(true);
    expect(knowsEnvelopes({ _t: { v: 1, caps: ["more"] } })).toBe(false);
    expect(knowsEnvelopes({ _t: { v: 2, caps: ["ack"] } })).toBe(false);
    expect(hasAbilities({ _t: { v: 2, caps: ["ack"] } })).toBe(true);
  });
});
