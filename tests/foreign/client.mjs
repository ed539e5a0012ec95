// A client of the gateway in JavaScript, written from docs/profile.md and /openapi.json alone: see client.py.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const { URL: url, SYSTEM, KEY, PLATFORM_KEY, METHOD, TARGET, BODY, NOW } = process.env;
const covered = ["@method", "@authority", "@path", "@query", "content-digest"];
const context = Object.fromEntries(
  ["user", "device", "purpose", "matter"].map((name) => [`hutong-${name}`, process.env[name.toUpperCase()]]),
);
const digestOf = (content) => `sha-256=:${createHash("sha256").update(content).digest("base64")}:`;
const [path, query = ""] = TARGET.split(/\?(.*)/s);
const names = [...covered, ...Object.keys(context)].map((name) => `"${name}"`).join(" ");
const created = Number(NOW);
const parameters =
  `(${names});created=${created};expires=${created + 60};nonce="${randomBytes(16).toString("base64")}"` +
  `;keyid="${SYSTEM}";alg="ed25519";tag="hutong-v1"`;
const lines = {
  "@method": METHOD,
  "@authority": url.split("://")[1].toLowerCase(),
  "@path": path,
  "@query": `?${query}`,
  "content-digest": digestOf(BODY),
  ...context,
  "@signature-params": parameters,
};
const base = Object.entries(lines).map(([name, value]) => `"${name}": ${value}`).join("\n");
const signature = `:${sign(null, Buffer.from(base), createPrivateKey(readFileSync(KEY))).toString("base64")}:`;
const headers = {
  ...context,
  "content-digest": digestOf(BODY),
  "signature-input": `sig1=${parameters}`,
  signature: `sig1=${signature}`,
  ...(BODY ? { "content-type": "application/json" } : {}),
};
const reply = await fetch(url + TARGET, { method: METHOD, headers, body: BODY || undefined });
const content = Buffer.from(await reply.arrayBuffer());

const fail = (why) => {
  console.error(why);
  process.exit(1);
};
if (reply.headers.get("content-digest") !== digestOf(content)) fail("the body is not the one that was signed");
const answered = (reply.headers.get("signature-input") ?? "").replace(/^sig1=/, "");
if (!answered.startsWith('("@status" "content-digest" "signature";req;key="sig1");')) fail("something else was signed");
if (!answered.includes(';tag="hutong-v1-reply"')) fail("no reply of this profile");
const replied =
  `"@status": ${reply.status}\n"content-digest": ${digestOf(content)}\n` +
  `"signature";req;key="sig1": ${signature}\n"@signature-params": ${answered}`;
const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(PLATFORM_KEY, "base64").toString("base64url") };
const signed = Buffer.from(reply.headers.get("signature").match(/^sig1=:(.*):$/)[1], "base64");
if (!verify(null, Buffer.from(replied), createPublicKey({ key: jwk, format: "jwk" }), signed)) fail("not signed");
console.log(`${reply.status} ${content}`);
