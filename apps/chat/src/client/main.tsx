/** The page /. */
import { render } from "preact";
import "../theme.css";
import "./chat.css";
import { App } from "./app.tsx";

render(<App />, document.querySelector("#page")!);
