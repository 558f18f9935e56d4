// Imported before anything else, so it must run on Nodes that are too old for the rest: no imports, no new syntax.
const oldest = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`Eventmend needs Node ${oldest.join('.')} or newer; this is ${process.version} (${process.execPath}).`);
  console.error('Install a newer Node from https://nodejs.org and run the same command again.');
  process.exit(1);
}
