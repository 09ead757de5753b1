import { hostilePackets } from "./hostile-packets-body.ts";

hostilePackets("websocket");
