/** A few of the cut connections of `pnpm spine`. */
import { spineTests } from "./spine-body.ts";

spineTests([1, 2], 700);
