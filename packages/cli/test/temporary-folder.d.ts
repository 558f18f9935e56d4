/** Makes a folder outside of the repository. What it gives back removes it: a hook returns that, and is cleaned up after. */
export declare function temporaryFolder(take: (path: string) => void): () => void;
//# sourceMappingURL=temporary-folder.d.ts.map