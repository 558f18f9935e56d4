/** The folder in which somebody typed the command: npm runs scripts somewhere else and says so. */
export const whereCalled = process.env['INIT_CWD'] ?? process.cwd();
