import type { Linter } from "eslint";

/**
 * The lint rules of the whole repository.
 * @param rootDir directory that holds the tsconfig.json to lint with
 */
export declare function config(rootDir: string): Linter.Config[];
