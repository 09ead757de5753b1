/** What an event of the default format says ahead of its arguments: for decisions that are to be made before they are read. */

import { isPacketId } from "./packet-id.ts";

/** The beginning of an event. */
export interface EventHeader {
  /** The namespace. */
  readonly nsp: string;
  /** By which it is to be acknowledged. */
  readonly id: number | undefined;
  /** How many messages follow that belong to it. */
  readonly attachments: number;
  /** Its name; `undefined` if it cannot be read, so that a decoder will refuse it. */
  readonly event: string | undefined;
}

/** Type, attachments, namespace, id, and the first item of the list. */
const HEADER = /^(?:2|5(\d{1,16})-)(?:(\/[^,]*),)?(\d*)[\t\n\r ]*\[[\t\n\r ]*("(?:[^"\\]|\\.)*"|[^,\]\s]*)/s;

/** Whether `message` is to be an event: a text of type EVENT or BINARY_EVENT. */
export function isEventMessage(message: unknown): message is string {
  return typeof message === "string" && (message.startsWith("2") || message.startsWith("5"));
}

/** Reads the beginning of an event, which may be unlawful further on. */
export function readEventHeader(text: string): EventHeader {
  const [, attachments = "0", nsp = "/", id = "", name = ""] = HEADER.exec(text) ?? [];
  return {
    nsp,
    id: id !== "" && isPacketId(Number(id)) ? Number(id) : undefined,
    attachments: Number(attachments),
    event: readName(name),
  };
}

function readName(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined; // for the decoder to refuse
  }
}
