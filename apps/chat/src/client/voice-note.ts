/** Records what is said into a file. */

/** Longest note, in milliseconds. */
const LONGEST = 120_000;

export interface Recording {
  /** Ends it; the file is there soon after. */
  stop: () => void;
  readonly file: Promise<File>;
}

/** Whether this browser can record. */
export const canRecord =
  typeof MediaRecorder !== "undefined" && (navigator.mediaDevices as MediaDevices | undefined) !== undefined;

/** @throws DOMException when there is no microphone, or it may not be used */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => void parts.push(data));
  const file = new Promise<File>((resolve) => {
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      const type = recorder.mimeType.split(";", 1)[0]!;
      resolve(new File(parts, "Voice note", { type }));
    });
  });
  recorder.start();
  const stop = (): void => {
    clearTimeout(timer);
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setTimeout(stop, LONGEST);
  return { stop, file };
}
