// Signs a webhook with the npm library of Standard Webhooks, which nobody here wrote.
// usage: node sign.mjs SECRET ID SECONDS BODY; prints the signature header's value.
import {Webhook} from 'standardwebhooks';

const [secret, id, seconds, body] = process.argv.slice(2);
console.log(new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body));
