/** Starts and ends a voice note. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { canRecord, record, type Recording } from "./voice-note.ts";

interface VoiceButtonProps {
  onRecorded: (note: File) => void;
  onProblem: (problem: string) => void;
}

export function VoiceButton({ onRecorded, onProblem }: VoiceButtonProps): JSX.Element | null {
  const [isRecording, setRecording] = useState(false);
  const recording = useRef<Recording>();
  useEffect(() => () => recording.current?.stop(), []);
  if (!canRecord) return null;

  const start = async (): Promise<void> => {
    try {
      recording.current = await record();
      setRecording(true);
      onProblem("");
      onRecorded(await recording.current.file);
    } catch {
      onProblem("There is no microphone, or this page may not use it.");
    } finally {
      setRecording(false);
    }
  };
  return (
    <button
      type="button"
      class="icon"
      aria-pressed={isRecording}
      aria-label="Record a voice note"
      title={isRecording ? "Stop recording" : "Record a voice note"}
      onClick={() => {
        if (isRecording) recording.current?.stop();
        else void start();
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <rect x="9" y="3.5" width="6" height="11" rx="3" />
        <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
      </svg>
    </button>
  );
}
