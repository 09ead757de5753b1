/** The notices that come and go, read out as they come. */
import type { JSX } from "preact";
import type { Toasts } from "./toasts.ts";

export function ToastList({ toasts }: { toasts: Toasts }): JSX.Element {
  return (
    <ul class="toasts" role="status" aria-label="Notices">
      {toasts.list.map(({ id, text }) => (
        <li key={id} class="toast">
          <p>{text}</p>
          <button aria-label="Dismiss" onClick={() => toasts.dismiss(id)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
