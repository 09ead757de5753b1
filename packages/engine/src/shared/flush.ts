/** When what is sent leaves: an option of both sides. */
import { checkChoice } from "@telsiz/events";

/**
 * `"turn"`: at the end of the turn of the event loop, all of it with one write. `"immediate"`: within the call that sends it, if the
 * connection can take it; each message is then a write of its own.
 */
export type Flush = "turn" | "immediate";

/** @throws OptionError */
export function checkFlush(options: { readonly flush?: unknown }): void {
  checkChoice(options, "flush", ["turn", "immediate"]);
}
