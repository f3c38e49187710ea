// Refresh a repository with tuf-js and download targets: node tufjs_fetch.js URL METADATA-DIR TARGET-DIR TARGET...
const { Updater } = require('tuf-js');
const [url, metadataDir, targetDir, ...targets] = process.argv.slice(2);

async function main() {
  const updater = new Updater({
    metadataDir,
    metadataBaseUrl: url + '/metadata',
    targetDir,
    targetBaseUrl: url + '/targets',
    config: { fetchTimeout: 20000, fetchRetries: 0 },
  });
  await updater.refresh();
  for (const path of targets) {
    const info = await updater.getTargetInfo(path);
    if (!info) throw new Error(`no target ${path}`);
    console.log(await updater.downloadTarget(info));
  }
}
main().catch((e) => { console.error(`${e.name}: ${e.message}`); process.exit(1); });
