// Baseline for the acknowledgement: what a careful developer writes in Node with Express. Checks the
// signature over the raw body, commits the event durably, answers 200. One process.
//
// usage: node ack.js --secret S --database FILE --certificate PEM --key PEM [--port N]
// Prints {"port": N} when it serves; ends on SIGTERM.
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import {parseArgs} from 'node:util';
import Database from 'better-sqlite3';
import express from 'express';

const {values: options} = parseArgs({
  options: {
    secret: {type: 'string'},
    database: {type: 'string'},
    certificate: {type: 'string'},
    key: {type: 'string'},
    port: {type: 'string', default: '0'},
  },
});

function openDatabase(file) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, received_ms INTEGER NOT NULL, body BLOB NOT NULL)`);
  return database;
}

function isSigned(body, signature) {
  const expected = crypto.createHmac('sha256', options.secret).update(body).digest();
  const given = Buffer.from(signature ?? '', 'base64');
  return given.length === expected.length && crypto.timingSafeEqual(given, expected);
}

const database = openDatabase(options.database);
const insert = database.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)');

const app = express();
app.disable('x-powered-by');
app.post('/v1/webhooks/:business/storeganise',
         express.raw({type: () => true, limit: '1mb'}),
         (request, response) => {
           if (!isSigned(request.body, request.get('sg-signature'))) {
             return response.status(401).json({message: 'bad signature'});
           }
           let event;
           try {
             event = JSON.parse(request.body);
           } catch {
             return response.status(400).json({message: 'not JSON'});
           }
           insert.run(event.id, event.type, Date.now(), request.body);
           response.json({message: `ok ${event.type}`});
         });

const server = https.createServer(
    {cert: fs.readFileSync(options.certificate), key: fs.readFileSync(options.key)}, app);
server.listen(Number(options.port), '127.0.0.1', () => {
  console.log(JSON.stringify({port: server.address().port}));
});

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => {
    database.close();
    process.exit(0);
  });
});
