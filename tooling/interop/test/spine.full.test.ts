/** The cut connections of `pnpm spine`, with more seeds and our client too. */
import { spineTests } from "./spine-body.ts";

spineTests([2, 3, 4, 5, 6, 7, 8, 9, 10], 2_000);
