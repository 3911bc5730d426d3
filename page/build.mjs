// Builds graphkit/maps/assets/page.html, what write_page fills: `npm ci && npm run build` in this folder.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const ASSETS = new URL("../graphkit/maps/assets/", import.meta.url);

function read(path) {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

const sources = ["package.json", "package-lock.json", "build.mjs", ...readdirSync("src").sort().map((name) => `src/${name}`)];
const digest = createHash("sha256");
for (const path of sources) digest.update(`${path}\n${read(path)}`);

const bundled = await build({
  entryPoints: ["src/main.js"],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2022",
  legalComments: "none",
});
const script = bundled.outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
const style = (await build({ entryPoints: ["src/style.css"], minify: true, write: false })).outputFiles[0].text.trim();

const parts = {
  "script digest": createHash("sha256").update(script).digest("base64"),
  "sources digest": digest.digest("hex"),
  style,
  script,
};
const page = read("src/shell.html").replace(/\{\{([a-z ]+)\}\}/g, (mark, name) => parts[name] ?? mark);
mkdirSync(ASSETS, { recursive: true });
writeFileSync(new URL("page.html", ASSETS), page);
