/** A bus between servers of one process, for adapters of a cluster: what it carries is copied, as on any network. */
import { deserialize, serialize } from "node:v8";

/** What the bus sees of an adapter. */
interface BusAdapter {
  readonly uid: string;
  readonly nsp: { readonly name: string };
  onMessage(message: unknown): unknown;
  onResponse(response: unknown): unknown;
}

/** Carries messages to all adapters of a namespace, in order, and after the call that sends them. */
export class Bus {
  readonly #adapters = new Set<BusAdapter>();

  /** An adapter wants to get what is sent. */
  join(adapter: BusAdapter): void {
    this.#adapters.add(adapter);
  }

  /** It does not any more. */
  leave(adapter: BusAdapter): void {
    this.#adapters.delete(adapter);
  }

  /** To all adapters of a namespace, that of the sender included. */
  publish(nsp: string, message: unknown): void {
    this.#carry(message, (copy) => {
      for (const adapter of this.#adapters) if (adapter.nsp.name === nsp) adapter.onMessage(copy());
    });
  }

  /** To the adapter that asked. */
  respond(uid: string, response: unknown): void {
    this.#carry(response, (copy) => {
      for (const adapter of this.#adapters) if (adapter.uid === uid) adapter.onResponse(copy());
    });
  }

  #carry(value: unknown, deliver: (copy: () => unknown) => void): void {
    const bytes = serialize(value);
    queueMicrotask(() => deliver(() => deserialize(bytes) as unknown));
  }
}

/** A class of cluster adapters. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- TypeScript wants a mixin's base to be made of any arguments
export type AdapterClass = abstract new (...args: any[]) => {
  init(): Promise<void> | void;
  close(): Promise<void> | void;
};

/** A cluster adapter, ours or the stock one, that uses `bus`. */
export function onBus<Base extends AdapterClass>(
  base: Base,
  bus: Bus,
): new (nsp: object) => InstanceType<Base> {
  abstract class OnBus extends base {
    override init(): Promise<void> | void {
      bus.join(this as unknown as BusAdapter); // both cluster adapters are one
      return super.init();
    }

    override close(): Promise<void> | void {
      bus.leave(this as unknown as BusAdapter);
      return super.close();
    }

    doPublish(message: { readonly nsp: string }): Promise<string> {
      bus.publish(message.nsp, message);
      return Promise.resolve("");
    }

    doPublishResponse(uid: string, response: unknown): Promise<void> {
      bus.respond(uid, response);
      return Promise.resolve();
    }
  }
  return OnBus as unknown as new (nsp: object) => InstanceType<Base>; // nothing abstract is left
}
