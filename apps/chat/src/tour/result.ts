/** How an example of the tour went. */
import type { Outcome } from "./stage.ts";

export type Status = "idle" | "running" | "passed" | "failed";

export interface Result {
  status: Status;
  seen?: Outcome;
  problem?: string;
}
