/** What is wrong with a value, in the form in which a peer may be told. */
import type { StandardIssue } from "./standard-schema.ts";

/** One thing that is wrong. */
export interface Issue {
  /** Where: keys, from the outside to the inside. Among arguments, the first is the index of the argument. */
  readonly path: readonly (string | number)[];
  /** What, in the words of the validator. */
  readonly message: string;
}

/** A hostile value may have as many faults as it has elements, and what is said of them may go back to the peer. */
const MAX_ISSUES = 20;
const MAX_STEPS = 16;
const MAX_TEXT = 200;

/** What a validator says, cut to a length that can be sent and logged. @param place keys ahead of each path */
export function issuesOf(issues: readonly StandardIssue[], place: readonly number[] = []): Issue[] {
  return issues.slice(0, MAX_ISSUES).map(({ path = [], message }) => ({
    path: [...place, ...path].slice(0, MAX_STEPS).map(stepOf),
    message: cut(message),
  }));
}

/** Several lists as one of lawful length. */
export function joinedIssues(lists: readonly (readonly Issue[])[]): Issue[] {
  return lists.flat().slice(0, MAX_ISSUES);
}

/** Whether a value that a peer sent is a list of issues. */
export function isIssues(value: unknown): value is Issue[] {
  return Array.isArray(value) && value.every(isIssue);
}

function isIssue(value: unknown): value is Issue {
  if (typeof value !== "object" || value === null) return false;
  const { path, message } = value as Partial<Issue>;
  return typeof message === "string" && Array.isArray(path) && path.every(isStep);
}

function isStep(step: unknown): boolean {
  return typeof step === "string" || typeof step === "number";
}

function stepOf(step: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof step === "object" ? step.key : step;
  return typeof key === "number" ? key : cut(String(key));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
}
