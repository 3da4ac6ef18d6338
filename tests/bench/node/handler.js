// Baseline for a whole move-in: a handler in the structure of Storeganise's published template,
// filled in for Kisi. It reads the job, then rental, unit and owner side by side, makes the access
// in Kisi, writes the custom field and only then answers.
//
// usage: STOREGANISE_API=.../api API_KEY=... KISI_URL=... KISI_KEY=... WEBHOOK_SECRET=... \
//        node handler.js [--port N] [--certificate PEM --key PEM]
// Prints {"port": N} when it serves; ends on SIGTERM. Node's fetch keeps connections alive.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {parseArgs} from 'node:util';
import express from 'express';

const {values: options} = parseArgs({
  options: {
    port: {type: 'string', default: '0'},
    certificate: {type: 'string'},
    key: {type: 'string'},
  },
});
const {STOREGANISE_API, API_KEY, KISI_URL, KISI_KEY, WEBHOOK_SECRET} = process.env;

async function fetchJson(name, url, {method, headers, body}) {
  const answer = await fetch(url, {
    method,
    headers: {...headers, ...(body && {'Content-Type': 'application/json'})},
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(`${name} ${answer.status}`), {status: 502});
  return text ? JSON.parse(text) : undefined;
}

function fetchStoreganise(path, {method = 'GET', body} = {}) {
  const separator = path.includes('?') ? '&' : '?';
  return fetchJson('storeganise',
                   `${STOREGANISE_API}/v1/admin/${path}${separator}include=customFields`,
                   {method, body, headers: {Authorization: `ApiKey ${API_KEY}`}});
}

function fetchKisi(path, {method = 'GET', body} = {}) {
  return fetchJson('kisi', `${KISI_URL}/${path}`,
                   {method, body, headers: {Authorization: `KISI-LOGIN ${KISI_KEY}`}});
}

async function findOrCreateUser(owner) {
  const [known] = await fetchKisi(`users?email=${encodeURIComponent(owner.email)}`);
  if (known) return known;
  return fetchKisi('users', {
    method: 'POST',
    body: {user: {email: owner.email, name: owner.name, send_emails: false, confirm: true}},
  });
}

async function rentUnit(rental, unit, owner) {
  const user = await findOrCreateUser(owner);
  for (const target of unit.customFields.kisi_id.split(',')) {
    await fetchKisi('role_assignments', {
      method: 'POST',
      body: {
        role_assignment: {
          applies_to_type: 'Group',
          applies_to_id: Number(target.trim().replace('group:', '')),
          assignee_type: 'User',
          assignee_id: user.id,
          role_id: 'group_basic',
        },
      },
    });
  }
  await fetchStoreganise(`unit-rentals/${rental.id}`,
                         {method: 'PUT', body: {customFields: {kisi_status: 'active'}}});
}

async function vacateUnit(rental, unit, owner) {
  const [user] = await fetchKisi(`users?email=${encodeURIComponent(owner.email)}`);
  if (!user) return;
  const groups = unit.customFields.kisi_id.split(',').map(
      (target) => Number(target.trim().replace('group:', '')));
  const assignments =
      await fetchKisi(`role_assignments?assignee_type=User&assignee_id=${user.id}&limit=250`);
  for (const assignment of assignments) {
    if (!groups.includes(assignment.applies_to_id)) continue;
    await fetchKisi(`role_assignments/${assignment.id}`, {method: 'DELETE'});
  }
  await fetchStoreganise(`unit-rentals/${rental.id}`,
                         {method: 'PUT', body: {customFields: {kisi_status: 'ended'}}});
}

function isSigned(request) {
  const expected = crypto.createHmac('sha256', WEBHOOK_SECRET).update(request.body).digest();
  const given = Buffer.from(request.get('sg-signature') ?? '', 'base64');
  return given.length === expected.length && crypto.timingSafeEqual(given, expected);
}

async function handle(request, response) {
  if (!isSigned(request)) return response.status(401).json({message: 'bad signature'});
  const event = JSON.parse(request.body);
  if (!event.data?.jobId) return response.json({message: 'missing jobId, ignore'});
  try {
    const job = await fetchStoreganise(`jobs/${event.data.jobId}`);
    const [rental, unit, owner] = await Promise.all([
      fetchStoreganise(`unit-rentals/${job.result.unitRentalId}`),
      fetchStoreganise(`units/${job.result.unitId}`),
      fetchStoreganise(`users/${job.result.ownerId}`),
    ]);
    switch (event.type) {
      case 'job.unit_moveIn.completed':
        await rentUnit(rental, unit, owner);
        break;
      case 'job.unit_moveOut.completed':
        await vacateUnit(rental, unit, owner);
        break;
    }
    response.json({message: `ok ${event.type}`});
  } catch (error) {
    response.status(error.status ?? 400).json({message: error.message});
  }
}

const app = express();
app.disable('x-powered-by');
app.post('/v1/webhooks/:business/storeganise', express.raw({type: () => true, limit: '1mb'}),
         handle);

const server = options.certificate
    ? https.createServer(
          {cert: fs.readFileSync(options.certificate), key: fs.readFileSync(options.key)}, app)
    : http.createServer(app);
server.listen(Number(options.port), '127.0.0.1', () => {
  console.log(JSON.stringify({port: server.address().port}));
});

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
