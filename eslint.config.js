import { config } from "@telsiz/eslint-config";

export default config(import.meta.dirname);
