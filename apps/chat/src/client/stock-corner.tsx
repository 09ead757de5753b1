/** The stock client of Socket.IO beside this one, live in the same room. It is loaded when somebody asks for it. */
import type { JSX } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import type { ChatClient } from "./chat-client.ts";
import type { StockGuest } from "./stock-guest.ts";

export function StockCorner({ client }: { client: ChatClient }): JSX.Element {
  const [guest, setGuest] = useState<StockGuest>();
  const [isLoading, setLoading] = useState(false);
  useEffect(() => () => guest?.leave(), [guest]);
  const invite = async (): Promise<void> => {
    setLoading(true);
    try {
      const { StockGuest } = await import("./stock-guest.ts");
      setGuest(new StockGuest(client.current));
    } catch {
      client.toasts.add("The stock client could not be loaded.");
    }
    setLoading(false);
  };
  return (
    <section class="stock" aria-labelledby="stock-heading">
      <h2 id="stock-heading">socket.io-client</h2>
      {guest ? (
        <StockChat guest={guest} onLeave={() => setGuest(undefined)} />
      ) : (
        <>
          <p>The client of Socket.IO, straight from the registry, talks with this server too.</p>
          <button disabled={isLoading || client.current === ""} onClick={() => void invite()}>
            Let it in
          </button>
        </>
      )}
    </section>
  );
}

function StockChat({ guest, onLeave }: { guest: StockGuest; onLeave: () => void }): JSX.Element {
  const [text, setText] = useState("");
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => guest.changes.watch(() => redraw(0)), [guest]);
  return (
    <div class="stock-chat" data-online={guest.isOnline}>
      <p>
        {guest.isOnline ? `${guest.name} is in ${guest.room}.` : "Connecting…"}{" "}
        <button class="link" onClick={onLeave}>
          Send it away
        </button>
      </p>
      <ul aria-label="What the stock client sees" aria-live="polite">
        {guest.lines.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") guest.say(text.trim());
          setText("");
        }}
      >
        <input
          aria-label="Message from the stock client"
          placeholder={`Write as ${guest.name}`}
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button disabled={!guest.isOnline || text.trim() === ""}>Send</button>
      </form>
    </div>
  );
}
