// The vendor's own npm client against the Kisi simulator: what works for it here is what plugins can
// rely on. usage: node client_test.mjs PATH-OF-gatehouse-simulators
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {after, before, beforeEach, test} from 'node:test';
import Kisi from 'kisi-client';

const kBinary = process.argv[2];
const kApiKey = 'kisi-key-acme';

let simulators;
let ports;
let kisi;

async function control(method, verb, body) {
  const answer = await fetch(`http://127.0.0.1:${ports.control_port}/_sim/${verb}`,
                             {method, body: body && JSON.stringify(body)});
  assert.equal(answer.status, 200, verb);
  return answer.json();
}

function makeClient(secret) {
  const client = new Kisi({baseURL: `http://127.0.0.1:${ports.kisi_port}/`, proxy: false});
  if (secret) client.setLoginSecret(secret);
  return client;
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({message: 'the call should have failed'});
}

before(async () => {
  simulators = spawn(kBinary, ['--no-rate-limit'], {stdio: ['ignore', 'pipe', 'inherit']});
  const [line] = await once(createInterface(simulators.stdout), 'line');
  ports = JSON.parse(line);
});

after(async () => {
  const ended = once(simulators, 'exit');
  simulators.kill('SIGTERM');
  await ended;
});

beforeEach(async () => {
  await control('POST', 'reset', {});
  await control('POST', 'settings', {kisi_rate_limit: false});
  await control('POST', 'seed', {
    kisi: [{
      organization: 'acme',
      password: 'open sesame',
      groups: [{id: 4711, name: 'Unit A12', locks: [{id: 12, name: 'A12 door'}]}],
    }],
  });
  kisi = makeClient(kApiKey);
});

test('signs in, works with the login, signs out', async () => {
  const client = makeClient();
  const login = await client.signIn(
      {domain: 'acme', email: 'owner@acme.test', password: 'open sesame'});
  assert.equal(typeof login.secret, 'string');
  assert.equal((await client.get('user')).email, 'owner@acme.test');
  await client.signOut();
  client.setLoginSecret(login.secret);
  assert.equal((await failure(client.get('user'))).status, 401);
});

test('refuses a wrong password with the published code', async () => {
  const error = await failure(
      makeClient().signIn({domain: 'acme', email: 'owner@acme.test', password: 'wrong'}));
  assert.equal(error.status, 401);
  assert.equal(error.code, 'afc516');
});

test('pages through a list', async () => {
  for (let number = 0; number < 15; ++number) {
    await kisi.post('users', {user: {email: `renter-${number}@example.test`}});
  }
  const page = await kisi.get('users', {limit: 10, offset: 10, query: 'renter-'});
  // The end of the range is not clipped to the total, so the client sees the limit that it sent.
  assert.deepEqual(page.pagination, {offset: 10, limit: 10, count: 15});
  assert.equal(page.data.length, 5);
  assert.equal(page.data[0].resourceType, 'User');
});

test('understands an empty list', async () => {
  const page = await kisi.get('users', {email: 'nobody@example.test'});
  assert.deepEqual(page, {pagination: {offset: 0, limit: 0, count: 0}, data: []});
});

test('grants and revokes a door', async () => {
  const user = await kisi.post('users', {user: {email: 'ann@example.test', sendEmails: false}});
  const assignment = await kisi.post('role_assignments', {
    roleAssignment: {
      appliesToType: 'Group',
      appliesToId: 4711,
      assigneeType: 'User',
      assigneeId: user.id,
      roleId: 'group_basic',
      validFrom: '2026-01-01T00:00:00Z',
    },
  });
  assert.equal(assignment.validUntil, null);
  const doors = await control('GET', 'doors?email=ann%40example.test');
  assert.deepEqual(doors.map((door) => door.lock_name), ['A12 door']);

  // A 204 is an empty string to the client.
  assert.equal(await kisi.delete(`role_assignments/${assignment.id}`), '');
  assert.deepEqual(await control('GET', 'doors?email=ann%40example.test'), []);
  assert.equal((await failure(kisi.get(`role_assignments/${assignment.id}`))).status, 404);
});

test('changes a user by put and by the patch of the client underneath', async () => {
  const user = await kisi.post('users', {user: {email: 'ann@example.test', name: 'Ann'}});
  assert.equal(await kisi.put(`users/${user.id}`, {user: {name: 'Anne'}}), '');
  assert.equal((await kisi.get(`users/${user.id}`)).name, 'Anne');

  const answer = await kisi.client.patch(`users/${user.id}`, {user: {accessEnabled: false}});
  assert.equal(answer.status, 204);
  assert.equal((await kisi.get(`users/${user.id}`)).accessEnabled, false);

  // There the errors are the raw ones of axios.
  const error = await failure(kisi.client.patch(`users/${user.id}`, {user: {phone: '1'}}));
  assert.equal(error.response.status, 422);
});

test('tells what is invalid, by field', async () => {
  await kisi.post('users', {user: {email: 'ann@example.test'}});
  const error = await failure(kisi.post('users', {user: {email: 'Ann@Example.test'}}));
  assert.equal(error.status, 422);
  assert.deepEqual(error.reason, {email: ['has already been taken']});
});

test('refuses an unknown key', async () => {
  const error = await failure(makeClient('no such key').get('users'));
  assert.equal(error.status, 401);
  assert.equal(error.code, 'afc496');
});

test('allows five requests a second to a user, whatever the login', async () => {
  await control('POST', 'settings', {kisi_rate_limit: true});
  const calls = await Promise.allSettled(Array.from({length: 40}, () => kisi.get('groups')));
  const errors = calls.filter((call) => call.status === 'rejected').map((call) => call.reason);
  assert.ok(calls.length - errors.length >= 5);
  assert.ok(errors.length > 0);
  assert.ok(errors.every((error) => error.status === 429));
});

test('survives an error page that is not JSON', async () => {
  await control('POST', 'faults', {
    kind: 'status', service: 'kisi', status: 500, body: '<html>oops</html>',
    content_type: 'text/html', count: 1,
  });
  const error = await failure(kisi.get('groups'));
  assert.equal(error.status, 500);
  assert.equal(error.code, '000000');
  assert.equal((await kisi.get('groups')).data.length, 1);
});
