/** Which entries each package under packages/ may import; an entry is what follows "@telsiz/". */
export declare const packageGraph: Record<string, readonly string[]>;
