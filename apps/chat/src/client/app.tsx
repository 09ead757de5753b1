/** The whole page: first a name, then the chat. */
import type { JSX } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { TopBar } from "../top-bar.tsx";
import { ChatClient } from "./chat-client.ts";
import { ConnectionMark } from "./connection-mark.tsx";
import { Conversation } from "./conversation.tsx";
import { recall, remember } from "./identity.ts";
import { Sidebar } from "./sidebar.tsx";
import { SignIn } from "./sign-in.tsx";

const FIRST_ROOM = "lobby";

export function App(): JSX.Element {
  const [client, setClient] = useState(() => {
    const credentials = recall();
    return credentials && enter(credentials.name);
  });
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => client?.watch(() => redraw(0)), [client]);
  useEffect(() => client && followAddress(client), [client]);

  if (!client || client.connection.state === "refused") {
    const problem = client?.connection.state === "refused" ? client.connection.problem : "";
    const reenter = (name: string): void => {
      client?.close();
      setClient(enter(name));
    };
    return <SignIn problem={problem} name={client?.name} onEnter={reenter} />;
  }
  return <Chat client={client} />;
}

function Chat({ client }: { client: ChatClient }): JSX.Element {
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  return (
    <div class="app">
      <TopBar page="chat">
        <ConnectionMark connection={client.connection} onCut={() => client.cut()} />
      </TopBar>
      <div
        class="chat"
        data-drawer={isDrawerOpen ? "open" : "closed"}
        data-stale={client.connection.state !== "online"}
      >
        <Sidebar client={client} onChosen={() => setDrawerOpen(false)} />
        <Conversation
          key={client.current}
          client={client}
          isDrawerOpen={isDrawerOpen}
          onDrawer={() => setDrawerOpen(!isDrawerOpen)}
        />
      </div>
    </div>
  );
}

function enter(name: string): ChatClient {
  const client = new ChatClient(remember(name));
  client.open(roomInAddress() ?? FIRST_ROOM);
  client.start();
  return client;
}

/** The address names the room, so that a link leads into it and the browser's back button out of it. */
function followAddress(client: ChatClient): () => void {
  const onHash = (): void => {
    const room = roomInAddress();
    if (room !== undefined && room !== client.current) client.open(room);
  };
  const onChange = client.watch(() => {
    if (client.current !== "" && roomInAddress() !== client.current)
      location.hash = encodeURIComponent(client.current);
  });
  addEventListener("hashchange", onHash);
  return () => {
    onChange();
    removeEventListener("hashchange", onHash);
  };
}

function roomInAddress(): string | undefined {
  try {
    return decodeURIComponent(location.hash.slice(1)) || undefined;
  } catch {
    return undefined; // not something this page wrote
  }
}
