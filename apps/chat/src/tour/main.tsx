/** The page /tour. */
import { render } from "preact";
import "../theme.css";
import "./tour.css";
import { Tour } from "./tour.tsx";

render(<Tour />, document.querySelector("#page")!);
