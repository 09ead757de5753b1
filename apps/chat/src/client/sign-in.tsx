/** The first thing a visitor sees: a name to enter with, made up for those in a hurry. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_NAME } from "../contract.ts";
import { TopBar } from "../top-bar.tsx";
import { guestName } from "./identity.ts";

interface SignInProps {
  /** Why the server turned the last name down. */
  problem: string;
  name: string | undefined;
  onEnter: (name: string) => void;
}

export function SignIn({ problem, name, onEnter }: SignInProps): JSX.Element {
  const [draft, setDraft] = useState(name ?? guestName);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (draft.trim() !== "") onEnter(draft);
  };
  return (
    <div class="app">
      <TopBar page="chat" />
      <main class="welcome" id="main">
        <form class="card" onSubmit={submit}>
          <h1>Come in</h1>
          <p>Open this page in a second window as well, under another name, and the two can talk.</p>
          <label for="name">Your name here</label>
          <input
            id="name"
            autoComplete="off"
            autofocus
            maxLength={MAX_NAME}
            required
            value={draft}
            aria-invalid={problem !== ""}
            aria-describedby={problem === "" ? undefined : "name-problem"}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
          {problem !== "" && (
            <p class="problem" id="name-problem" role="alert">
              {problem} Choose another name.
            </p>
          )}
          <div class="card-actions">
            <button class="primary">Enter</button>
            <button type="button" onClick={() => setDraft(guestName())}>
              Another guest name
            </button>
          </div>
        </form>
      </main>
    </div>
  );
}
