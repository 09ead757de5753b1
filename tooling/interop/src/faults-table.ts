/** Prints what is lost when a Redis between two servers ends and comes back: `pnpm faults [runs]`. */
import { type Fault, type FaultResult, MEDIA, runFault } from "./faults.ts";

const FAULTS: Readonly<Record<Fault, string>> = {
  SIGTERM: "SIGTERM, back after 1 s",
  SIGKILL: "kill -9, back after 1 s",
  SIGSTOP: "frozen for 1 s",
};

// The adapters leave promises that nobody handles when Redis ends: Node.js would end the process.
let unhandled = 0;
process.on("unhandledRejection", () => unhandled++);

const runs = Number(process.argv[2] ?? 5);

/** The least and the most of the runs. */
function range(results: readonly FaultResult[], name: "lost" | "doubled" | "disordered"): string {
  const figures = results.map((result) => result[name]);
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  return least === most ? String(least) : `${least}-${most}`;
}

console.log(
  `| ${runs} runs of 3,000 broadcasts, one a millisecond | Redis | lost | doubled | out of order | unhandled rejections |`,
);
console.log("| --- | --- | --: | --: | --: | --: |");
for (const [fault, title] of Object.entries(FAULTS) as [Fault, string][]) {
  for (const medium of MEDIA) {
    const results: FaultResult[] = [];
    unhandled = 0;
    for (let run = 0; run < runs; run++) results.push(await runFault(medium, fault));
    const cells = (["lost", "doubled", "disordered"] as const).map((name) => range(results, name));
    console.log(`| ${medium.name} | ${title} | ${cells.join(" | ")} | ${unhandled} |`);
  }
}
process.exit();
