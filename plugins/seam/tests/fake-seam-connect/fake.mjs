// Seam's own fake, as Seam publishes it, with two things added in front of it: the devices, which the
// fake does not play (its codes stay in `setting` for ever), and faults on the way.
// Prints {"port": n} when it serves. With --prompt the devices carry out before each request what was
// asked of them before.
//
//   POST /_device/step                       devices carry out what is asked of them
//   POST /_device/change {"access_code_id", ...members}
//   POST /_device/add {"device_id", "name", "code", "is_managed"}
//   POST /_device/remove {"access_code_id"}
//   POST /_device/fail {"path", "status", "after": false}    once; after = with its effect
//   GET  /_device/codes
import {createServer, request} from 'node:http';
import {createFake} from '@seamapi/fake-seam-connect';

const fake = await createFake();
await fake.seed();
await fake.startServer({port: 0});
const kFakePort = fake.server.server.address().port;
const kWorkspace = 'seed_workspace_1';

const isPrompt = process.argv.includes('--prompt');

let faults = [];

function codes() {
  return fake.database.getState().access_codes;
}

function isDue(code) {
  const now = Date.now();
  if (code.type !== 'time_bound') return true;
  return Date.parse(code.starts_at) <= now && now < Date.parse(code.ends_at);
}

const kVerbs = {
  step() {
    for (const code of codes()) {
      if (code.errors.length > 0) continue;
      const status = isDue(code) ? 'set' : 'unset';
      fake.database.getState().updateAccessCode({access_code_id: code.access_code_id, status});
    }
  },
  change(body) {
    fake.database.getState().updateAccessCode(body);
  },
  add(body) {
    fake.database.getState().addAccessCode({type: 'ongoing', workspace_id: kWorkspace, ...body});
  },
  remove(body) {
    fake.database.getState().deleteAccessCode(body.access_code_id);
  },
  fail(body) {
    faults.push(body);
  },
};

async function readAll(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function forward(incoming, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
        {port: kFakePort, host: '127.0.0.1', path: incoming.url, method: incoming.method,
         headers: {...incoming.headers, host: `127.0.0.1:${kFakePort}`}},
        async (answer) => resolve([answer.statusCode, await readAll(answer)]));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function answer(incoming) {
  const body = await readAll(incoming);
  if (incoming.url === '/_device/codes') return [200, JSON.stringify(codes())];
  if (incoming.url.startsWith('/_device/')) {
    kVerbs[incoming.url.slice('/_device/'.length)](JSON.parse(body.toString() || '{}'));
    return [200, '{}'];
  }
  if (isPrompt) kVerbs.step();
  const fault = faults.find((one) => one.path === incoming.url);
  if (fault) faults = faults.filter((one) => one !== fault);
  if (fault && !fault.after) return [fault.status, '{"error":{"type":"simulated"}}'];
  const true_answer = await forward(incoming, body);
  return fault ? [fault.status, ''] : true_answer;
}

const server = createServer((incoming, outgoing) => {
  answer(incoming).then(
      ([status, body]) => outgoing.writeHead(status, {'content-type': 'application/json'}).end(body),
      (error) => outgoing.writeHead(599).end(String(error)));
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({port: server.address().port}));
});
