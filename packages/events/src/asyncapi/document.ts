/** A contract as a document of AsyncAPI 3.0, from the server's point of view. */
import { argumentsOf, type EventDefinition, type EventDefinitions } from "../contract/definition.ts";
import type { Validator } from "../contract/standard-schema.ts";
import type { Defined } from "../contract/types.ts";
import { type Describe, type JsonSchema, schemaOf } from "./json-schema.ts";

/** What the document says beside the contract. */
export interface AsyncAPIOptions {
  /** The name of the application. @default "Telsiz application" */
  readonly title?: string;
  /** The version of the application. @default "1.0.0" */
  readonly version?: string;
  /** The namespace that the contract is given to. @default "/" */
  readonly namespace?: string;
  /** Describes validators that cannot do so by themselves. @default none */
  readonly describe?: Describe;
}

/** A reference within the document. */
export interface AsyncAPIReference {
  /** Where it leads, such as `#/channels/namespace`. */
  readonly $ref: string;
}

/** What is sent at once. */
export interface AsyncAPIMessage {
  /** The name of the event. */
  readonly name: string;
  /** Its arguments. */
  readonly payload: JsonSchema;
}

/** What the server does with a message: `receive` for what clients send, `send` for what it sends them. */
export interface AsyncAPIOperation {
  /** From the server's point of view. */
  readonly action: "receive" | "send";
  /** The namespace. */
  readonly channel: AsyncAPIReference;
  /** What is received or sent. */
  readonly messages: readonly AsyncAPIReference[];
  /** The answer, where there is one. */
  readonly reply?: { readonly channel: AsyncAPIReference; readonly messages: readonly AsyncAPIReference[] };
}

/** A document of AsyncAPI 3.0. */
export interface AsyncAPIDocument {
  /** The version of AsyncAPI. */
  readonly asyncapi: "3.0.0";
  /** Which application it describes. */
  readonly info: { readonly title: string; readonly version: string };
  /** How payloads are encoded. */
  readonly defaultContentType: "application/json";
  /** The namespace, with all that crosses it. */
  readonly channels: {
    readonly namespace: {
      readonly address: string;
      readonly messages: { readonly [key: string]: AsyncAPIMessage };
    };
  };
  /** What the server receives and sends, by name. */
  readonly operations: { readonly [key: string]: AsyncAPIOperation };
}

const CHANNEL: AsyncAPIReference = { $ref: "#/channels/namespace" };

/**
 * Describes a contract: the events of both directions with their arguments, answers and errors, and `auth`. Events
 * between servers are left out. Where a validator cannot describe itself, the schema says so and takes anything.
 * @example writeFileSync("asyncapi.json", JSON.stringify(toAsyncAPI(chat, { title: "Chat" }), null, 2));
 */
export function toAsyncAPI(contract: Defined, options: AsyncAPIOptions = {}): AsyncAPIDocument {
  const { title = "Telsiz application", version = "1.0.0", namespace = "/" } = options;
  const { auth, clientToServer, serverToClient } = contract.definition;
  const writer = new Writer(options.describe);
  if (auth !== undefined) writer.addAuth(auth);
  writer.addEvents("receive", clientToServer);
  writer.addEvents("send", serverToClient);
  return {
    asyncapi: "3.0.0",
    info: { title, version },
    defaultContentType: "application/json",
    channels: { namespace: { address: namespace, messages: writer.messages } },
    operations: writer.operations,
  };
}

/** Collects messages and operations. */
class Writer {
  readonly messages: { [key: string]: AsyncAPIMessage } = {};
  readonly operations: { [key: string]: AsyncAPIOperation } = {};
  readonly #describe: Describe | undefined;

  constructor(describe: Describe | undefined) {
    this.#describe = describe;
  }

  addAuth(auth: Validator): void {
    const message = this.#add("connect", { name: "CONNECT", payload: this.#schema(auth) });
    this.operations["connect"] = { action: "receive", channel: CHANNEL, messages: [message] };
  }

  addEvents(action: "receive" | "send", events: EventDefinitions = {}): void {
    for (const [event, definition] of Object.entries(events)) {
      const key = freeKey(`${action}.${event}`, this.operations);
      const message = this.#add(key, { name: event, payload: this.#argumentsSchema(definition) });
      const replies = this.#addReplies(key, event, definition);
      const reply = replies.length > 0 ? { reply: { channel: CHANNEL, messages: replies } } : {};
      this.operations[key] = { action, channel: CHANNEL, messages: [message], ...reply };
    }
  }

  #addReplies(key: string, event: string, { ack, errors = {} }: EventDefinition): AsyncAPIReference[] {
    if (ack === undefined) return [];
    const replies = [this.#add(`${key}.ack`, { name: `${event} ack`, payload: this.#schema(ack) })];
    for (const [code, data] of Object.entries<Validator | null>(errors)) {
      const payload = this.#errorSchema(code, data);
      replies.push(
        this.#add(freeKey(`${key}.error.${code}`, this.messages), { name: `${event} ${code}`, payload }),
      );
    }
    return replies;
  }

  #add(key: string, message: AsyncAPIMessage): AsyncAPIReference {
    this.messages[key] = message;
    return { $ref: `#/channels/namespace/messages/${key}` };
  }

  /** The arguments of an event travel as one list. */
  #argumentsSchema(definition: EventDefinition): JsonSchema {
    const items = argumentsOf(definition).map((validator) => this.#schema(validator));
    if (items.length === 0) return { type: "array", maxItems: 0 };
    return { type: "array", items, additionalItems: false };
  }

  /** The envelope of docs/contracts.md. */
  #errorSchema(code: string, data: Validator | null): JsonSchema {
    const fields = { $t: { const: "error" }, code: { const: code }, message: { type: "string" } };
    if (data === null) return { type: "object", properties: fields, required: Object.keys(fields) };
    const properties = { ...fields, data: this.#schema(data) };
    return { type: "object", properties, required: Object.keys(fields) };
  }

  #schema(validator: Validator): JsonSchema {
    return schemaOf(validator, this.#describe);
  }
}

/** A key that references can hold, and that nobody else has. */
function freeKey(name: string, taken: object): string {
  const key = name.replace(/[^\w.-]/g, "_");
  let free = key;
  for (let count = 2; Object.hasOwn(taken, free); count++) free = `${key}_${count}`;
  return free;
}
