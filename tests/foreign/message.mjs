// Ask a library of Node's whether a request is signed as RFC 9421 has it, by the key that is given as PEM.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [, , place] = process.argv;
const { httpbis, createVerifier } = createRequire(place)("http-message-signatures");
const { request, key } = JSON.parse(readFileSync(0, "utf8"));
const verify = createVerifier(key, "ed25519");
const keyLookup = async ({ keyid }) => ({ id: keyid, algs: ["ed25519"], verify });

const verified = await httpbis.verifyMessage({ keyLookup }, request);
console.log(verified);
process.exit(verified ? 0 : 1);
