/** What an error of a listener is, where it says too little by itself. */
import type { Listener } from "@telsiz/events";
import { AckNotRequestedError } from "./errors.ts";

/** Names the one mistake that a peer can provoke: calling an acknowledgement that it has left out. */
export function explained(
  error: unknown,
  listener: Listener,
  args: readonly unknown[],
  event: string,
): unknown {
  const { length } = (listener as { readonly listener?: Listener }).listener ?? listener; // what `once` registers
  const expectedMore = length > args.length && typeof args.at(-1) !== "function";
  const isCall = error instanceof TypeError && error.message.includes("is not a function");
  return expectedMore && isCall ? new AckNotRequestedError(event, error) : error;
}
