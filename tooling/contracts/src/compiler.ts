/** Compiles programs in a directory of their own, as a user's project would, and tells what the compiler says. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

/** A directory inside the package, so that its dependencies are found. */
export class Workshop {
  readonly directory: string;

  constructor() {
    mkdirSync(join(here, ".cache"), { recursive: true });
    this.directory = mkdtempSync(join(here, ".cache/compiler-"));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text);
  }

  /** What the compiler prints about all files that were written. */
  async compile(...options: string[]): Promise<string> {
    const configuration = {
      extends: "../../../../tsconfig.base.json",
      compilerOptions: { noEmit: true, customConditions: ["@telsiz/source"], types: ["node"] },
      include: ["*.ts"],
    };
    this.write("tsconfig.json", JSON.stringify(configuration));
    return new Promise((resolve) => {
      // With errors in the program, it exits with an error.
      execFile(process.execPath, [tsc, "-p", ".", ...options], { cwd: this.directory }, (_error, stdout) =>
        resolve(stdout),
      );
    });
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
