// Checks a webhook with the npm library of Standard Webhooks, which nobody here wrote.
// usage: node verify.mjs FILE, where FILE is {"secret", "headers", "body"} as JSON.
import {readFileSync} from 'node:fs';
import {Webhook} from 'standardwebhooks';

const {secret, headers, body} = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const payload = new Webhook(secret).verify(body, headers);
let isForgeryRefused = false;
try {
  new Webhook(secret).verify(body + ' ', headers);
} catch {
  isForgeryRefused = true;
}
if (!isForgeryRefused) throw new Error('a changed body was verified too');
console.log(`verified ${payload.type}`);
