import { expect, it, vi } from "vitest";
import { warnOfAttachments } from "../src/index.ts";

it("warns once of a packet with more attachments than peers take by default", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const withAttachments = (count: number): (string | Uint8Array)[] => [
    "header",
    ...Array.from({ length: count }, () => new Uint8Array(1)),
  ];
  warnOfAttachments("2[]");
  warnOfAttachments(new Uint8Array(100));
  warnOfAttachments(withAttachments(10));
  expect(warn).not.toHaveBeenCalled();
  warnOfAttachments(withAttachments(11));
  warnOfAttachments(withAttachments(12));
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("11 binary values"));
  warn.mockRestore();
});
