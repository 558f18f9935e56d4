export async function otherNodesStep() {
  return { note: 'later' };
}
