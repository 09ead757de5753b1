/** Some of the cut connections of `pnpm spine`. */
import { spineTests } from "./spine-body.ts";

spineTests([1], 700);
