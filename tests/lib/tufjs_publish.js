// Make a repository with @tufjs/models: node tufjs_publish.js DIR CASE
// CASE: plain, rotated (three roots, other keys), expired, unsigned (one snapshot signature by a stranger).
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const m = require('@tufjs/models');
const { DelegatedRole } = require('@tufjs/models/dist/role');
const { Delegations } = require('@tufjs/models/dist/delegations');
const { canonicalize } = require('@tufjs/canonical-json');
const [dir, kind] = process.argv.slice(2);

function makeKey() {
  const pair = crypto.generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const body = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  const keyID = crypto.createHash('sha256').update(canonicalize(body)).digest('hex');
  const key = new m.Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: raw } });
  return { key, sign: (data) => new m.Signature({ keyID, sig: crypto.sign(null, data, pair.privateKey).toString('hex') }) };
}

const write = (file, md) => fs.writeFileSync(path.join(dir, 'metadata', file), JSON.stringify(md.toJSON(), null, 1));
const expires = kind === 'expired' ? '2020-01-01T00:00:00Z' : '2040-01-01T00:00:00Z';
const content = Buffer.from('made by somebody else\n');
const sha256 = crypto.createHash('sha256').update(content).digest('hex');
fs.mkdirSync(path.join(dir, 'metadata'), { recursive: true });
fs.mkdirSync(path.join(dir, 'targets', 'a', 'b'), { recursive: true });
fs.writeFileSync(path.join(dir, 'targets', 'a', 'b', `${sha256}.file.txt`), content);

const common = { specVersion: '1.0.31', expires: '2040-01-01T00:00:00Z' };
const keys = { root: makeKey(), targets: makeKey(), snapshot: makeKey(), timestamp: makeKey(), team: makeKey() };
const root = new m.Root({ ...common, version: 1, consistentSnapshot: true });
for (const role of ['root', 'targets', 'snapshot', 'timestamp']) root.addKey(keys[role].key, role);
const sign = (signed, ...signers) => {
  const md = new m.Metadata(signed);
  signers.forEach((s, i) => md.sign(s.sign, i > 0));
  return md;
};
const revoke = (role, key) => {
  root.roles[role].keyIDs.splice(root.roles[role].keyIDs.indexOf(key.key.keyID), 1);
  delete root.keys[key.key.keyID];
};
write('1.root.json', sign(root, keys.root));
if (kind === 'rotated') {
  const old = keys.root;
  keys.root = makeKey();
  root.version = 2;
  revoke('root', old);
  root.addKey(keys.root.key, 'root');
  write('2.root.json', sign(root, old, keys.root));
  root.version = 3;
  for (const role of ['targets', 'snapshot', 'timestamp']) {
    revoke(role, keys[role]);
    keys[role] = makeKey();
    root.addKey(keys[role].key, role);
  }
  write('3.root.json', sign(root, keys.root));
}
const delegated = new DelegatedRole({ name: 'team', keyIDs: [keys.team.key.keyID], threshold: 1, terminating: true, paths: ['a/*/*'] });
const targets = new m.Targets({
  ...common, version: 1, targets: {},
  delegations: new Delegations({ keys: { [keys.team.key.keyID]: keys.team.key }, roles: { team: delegated } }),
});
const team = new m.Targets({ ...common, version: 1, targets: {} });
team.addTarget(new m.TargetFile({ path: 'a/b/file.txt', length: content.length, hashes: { sha256 } }));
write('1.targets.json', sign(targets, keys.targets));
write('1.team.json', sign(team, keys.team));
const snapshot = new m.Snapshot({
  ...common, version: 1, meta: { 'targets.json': new m.MetaFile({ version: 1 }), 'team.json': new m.MetaFile({ version: 1 }) },
});
write('1.snapshot.json', sign(snapshot, kind === 'unsigned' ? makeKey() : keys.snapshot));
const timestamp = new m.Timestamp({ ...common, expires, version: 1, snapshotMeta: new m.MetaFile({ version: 1 }) });
write('timestamp.json', sign(timestamp, keys.timestamp));
