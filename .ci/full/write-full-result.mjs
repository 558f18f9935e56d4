export function writeFullResult() {}
