/** A file that is about to be sent. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { MAX_FILE } from "../contract.ts";
import { sizeInWords } from "./file-view.tsx";

export function Attachment({ file, onRemove }: { file: File; onRemove: () => void }): JSX.Element {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="attachment">
      {url !== undefined && <img src={url} alt="" />}
      <span class="attachment-name">
        {file.name} <span class="file-size">{sizeInWords(file.size)}</span>
      </span>
      <button type="button" aria-label={`Remove ${file.name}`} onClick={onRemove}>
        ×
      </button>
    </div>
  );
}

/** Why a file cannot be sent, or nothing. */
export function complaintAbout({ name, size }: File): string {
  if (size === 0) return `${name} is empty.`;
  if (size > MAX_FILE)
    return `${name} has ${sizeInWords(size)}: a file may have ${MAX_FILE / 1_000_000} MB at most.`;
  return "";
}
