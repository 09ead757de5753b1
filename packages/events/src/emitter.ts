/** An event emitter whose `emit` calls its own listeners. */
import type { AnyEvents, EventArgs, EventMap } from "./event-map.ts";
import { Listenable } from "./listenable.ts";

/**
 * A typed emitter with the surface of Node's `EventEmitter`, on every platform. An `error` event without a
 * listener does not throw.
 * @example
 * const emitter = new Emitter<{ tick: (count: number) => void }>();
 * emitter.on("tick", (count) => console.log(count));
 * emitter.emit("tick", 1);
 */
export class Emitter<Events extends EventMap<Events> = AnyEvents> extends Listenable<Events> {
  /** Calls the listeners of `event` in order and tells whether there were any. What a listener throws passes through. */
  emit<K extends keyof Events & string>(event: K, ...args: EventArgs<Events, K>): boolean {
    return this.dispatch(event, args);
  }
}
