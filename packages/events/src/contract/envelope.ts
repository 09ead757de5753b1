/** Errors in acknowledgements, which carry nothing but values in Socket.IO (docs/contracts.md, "On the wire"). */
import { AckError, asValues, fieldsOf, isAckError } from "../ack-error.ts";
import { isIssues } from "./issues.ts";

/** The key that makes an object an envelope, where both peers know it. */
const MARK = "$t";

/** The values of an acknowledgement as they are sent. @param negotiated whether the peer knows envelopes */
export function encodeAnswer(values: readonly unknown[], negotiated: boolean): readonly unknown[] {
  if (!negotiated) return asValues(values);
  const [first] = values;
  if (typeof first !== "object" || first === null) return values;
  if (isAckError(first)) return [{ [MARK]: "error", ...fieldsOf(first) }];
  return isMarked(first) ? [escaped(first), ...values.slice(1)] : values;
}

/** A value that a stock peer answered, so that it is read as one: it knows nothing of envelopes. */
export function asEnvelope(value: unknown): unknown {
  return isMarked(value) ? escaped(value) : value;
}

/** The first value of an acknowledgement that may be an envelope: the value, or an {@link AckError}. */
export function decodeAnswer(first: unknown): unknown {
  if (!isMarked(first)) return first;
  if (first[MARK] === "value" && isObject(first["value"])) return first["value"];
  return (first[MARK] === "error" ? errorIn(first) : undefined) ?? first;
}

/** For a peer that knows envelopes: calls `settle` with what is in them. */
export function decoding(
  settle: (error: Error | null, values: readonly unknown[]) => void,
): (error: Error | null, values: readonly unknown[]) => void {
  return (error, values) => {
    const answer = decodeAnswer(values[0]);
    if (isAckError(answer)) settle(answer, []);
    else settle(error, answer === values[0] ? values : [answer, ...values.slice(1)]);
  };
}

function escaped(value: unknown): object {
  return { [MARK]: "value", value };
}

function errorIn({ code, message, data, issues }: Readonly<Record<string, unknown>>): AckError | undefined {
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  if (issues !== undefined && !isIssues(issues)) return undefined;
  return new AckError(code, data, { message, issues });
}

function isMarked(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && Object.hasOwn(value, MARK);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
